// Signatures of another product, byte for byte: the genuine ones verify, the tampered ones do not (R49–R63, rows 139–145).
import { describe, expect, test } from '@jest/globals';
import { digestReferencesOf } from '../../adapter/dsig/index.ts';
import { signatureOf } from '../conformance/check.ts';
import { type Flow, peerFlows, peerRecording } from '../fixtures/peer-wire.ts';
import { sharedDir } from '../fixtures/shared.ts';

const signed = peerFlows.filter((flow) => /\.signed/.test(flow.cpa));
const verdictOf = (flow: Flow, allowSha1: boolean) => signatureOf(peerRecording, flow, allowSha1);

(sharedDir() === undefined ? describe.skip : describe)(
  'R49 peer signatures (compares with ../shared, skipped when it is not there)',
  () => {
    const encrypted = (flow: Flow): boolean =>
      flow.cpa.includes('encrypted') && flow.exchanges[0]?.direction === 'A->B';
    const genuine = signed.filter(
      (flow) => /^(acknowledged|accepted|the stored|as be|verifies)/.test(flow.ours) && !encrypted(flow),
    );

    test.each(genuine.map((flow) => [flow.folder, flow] as const))('R50 R54 %s verifies', async (_name, flow) => {
      const { xml, verdict } = await verdictOf(flow, true);
      if (verdict.kind === 'absent') return expect(xml.text).not.toContain('SignatureValue');
      expect(verdict).toMatchObject({ kind: 'valid' });
      expect(digestReferencesOf(xml)[0]).toMatchObject({ uri: '' });
    });

    test.each(genuine.filter((flow) => flow.cpa.includes('sha1')).map((flow) => [flow.folder, flow] as const))(
      'row 145 %s verifies and is refused by policy',
      async (_name, flow) => {
        const { verdict } = await verdictOf(flow, false);
        expect(verdict).toMatchObject({ kind: 'invalid', reason: expect.stringContaining('SHA-1') });
      },
    );

    const bad = signed.filter((flow) => /tampered|signature-invalid/.test(flow.folder));
    test.each(bad.map((flow) => [flow.folder, flow] as const))(
      'R62 row 139 row 140 %s is refused',
      async (_name, flow) => {
        const { verdict } = await verdictOf(flow, true);
        expect(verdict.kind).toBe('invalid');
      },
    );
  },
);
