// Every recorded flow of another product gets the verdict that the index gives, judged at its own instant (T1–T216).
import { describe, expect, test } from '@jest/globals';
import { inspectMessage } from '../../adapter/gateway/index.ts';
import { entityOf, readHttpFile } from '../../tools/http-file.ts';
import { expectedAnswer, firstRequest, peerAgreement, peerFlows } from '../fixtures/peer-wire.ts';
import { sharedDir } from '../fixtures/shared.ts';

const POLICY = {
  handover: 'collect' as const,
  keepIdsMs: 0,
  clockToleranceMs: 0,
  peerRequired: false,
  mandates: new Map(),
};
const LIMITS = { maxMessageBytes: 64 * 1024 * 1024, maxEnvelopeBytes: 4 * 1024 * 1024, maxParts: 1000 };

const describeShared = sharedDir() === undefined ? describe.skip : describe;

describeShared('peer-wire: verdict of inspect (compares with ../shared, skipped when it is not there)', () => {
  const read = peerFlows.filter((flow) => !/^40[45]$/.test(flow.ours));

  test.each(read.map((flow) => [flow.folder, flow.ours, flow] as const))(
    'T1 R64 %s: %s',
    async (_folder, _ours, flow) => {
      const { bytes, at } = firstRequest(flow);
      const agreement = peerAgreement(flow.cpa);
      const inspection = await inspectMessage(entityOf(readHttpFile(bytes), undefined), {
        agreements: [agreement],
        now: at,
        policy: {
          ...POLICY,
          ownParties: new Set(agreement.parties.flatMap((party) => party.partyIds.map((id) => id.value))),
        },
        limits: LIMITS,
        allowSha1: false,
        signerTrust: () => undefined,
      });
      expect({
        answer: inspection.answer,
        issues: inspection.issues.filter((issue) => issue.severity === 'Error').map((issue) => issue.code),
      }).toMatchObject({
        answer: expectedAnswer(flow),
      });
    },
  );
});
