// Every recorded flow of another product gets the verdict that the index gives, judged at its own instant (T1–T216).
import { describe, test } from '@jest/globals';
import { peerFlows, peerRecording } from '../fixtures/peer-wire.ts';
import { sharedDir } from '../fixtures/shared.ts';
import { expectInspected } from './check.ts';

const describeShared = sharedDir() === undefined ? describe.skip : describe;

describeShared('peer-wire: verdict of inspect (compares with ../shared, skipped when it is not there)', () => {
  const read = peerFlows.filter((flow) => !/^40[45]$/.test(flow.ours));

  test.each(read.map((flow) => [flow.folder, flow.ours, flow] as const))('R64 %s: %s', async (_folder, _ours, flow) =>
    expectInspected(peerRecording, flow),
  );
});
