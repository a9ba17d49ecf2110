// Every recorded flow of another product gets the verdict that the index gives, judged at its own instant (T1–T216).
import { describe, expect, test } from '@jest/globals';
import { inspectMessage } from '../../adapter/gateway/index.ts';
import { entityOf, readHttpFile } from '../../tools/http-file.ts';
import { expectedAnswer, expectedWarnings, firstRequest, peerAgreement, peerFlows } from '../fixtures/peer-wire.ts';
import { sharedDir } from '../fixtures/shared.ts';

const LIMITS = { maxMessageBytes: 64 * 1024 * 1024, maxEnvelopeBytes: 4 * 1024 * 1024, maxParts: 1000 };

const describeShared = sharedDir() === undefined ? describe.skip : describe;

describeShared('peer-wire: verdict of inspect (compares with ../shared, skipped when it is not there)', () => {
  const read = peerFlows.filter((flow) => !/^40[45]$/.test(flow.ours));

  test.each(read.map((flow) => [flow.folder, flow.ours, flow] as const))('R64 %s: %s', async (_folder, _ours, flow) => {
    const { bytes, at } = firstRequest(flow);
    const agreement = peerAgreement(flow.cpa);
    const inspection = await inspectMessage(entityOf(readHttpFile(bytes), undefined), {
      agreements: [agreement],
      now: at,
      ownParties: new Set(agreement.parties.flatMap((party) => party.partyIds.map((id) => id.value))),
      limits: LIMITS,
      allowSha1: false,
      signerTrust: () => undefined,
    });
    const found = (severity: string) => inspection.issues.filter((issue) => issue.severity === severity);
    const errors = found('Error').map((issue) => issue.code);
    expect({ answer: inspection.answer, errors }).toMatchObject({ answer: expectedAnswer(flow) });
    // What else was remarkable about a refused message is not in the index.
    if (errors.length > 0) return;
    expect(found('Warning').map((issue) => issue.where)).toEqual(expectedWarnings(flow));
  });
});
