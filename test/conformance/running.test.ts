// Every recorded flow, byte for byte into a socket of a running gateway whose clock stands at the recorded instant.
import { describe, test } from '@jest/globals';
import { peerFlows, peerRecording } from '../fixtures/peer-wire.ts';
import { sharedDir } from '../fixtures/shared.ts';
import { expectRunning } from './check.ts';

(sharedDir() === undefined ? describe.skip : describe)(
  'peer-wire: a running gateway (compares with ../shared, skipped when it is not there)',
  () => {
    test.each(peerFlows.map((flow) => [flow.folder, flow.ours, flow] as const))(
      'R142 R143 R145 %s: %s',
      async (_folder, _ours, flow) => expectRunning(peerRecording, flow),
    );
  },
);
