// Signatures of another product, byte for byte: the genuine ones verify, the tampered ones do not (R49–R63, rows 139–145).

import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { digestReferencesOf, verifySignature } from '../../adapter/dsig/index.ts';
import { readXml } from '../../adapter/xml/index.ts';
import { sharedDir } from '../fixtures/shared.ts';
import { splitBody } from '../fixtures/wire/split.ts';

const shared = sharedDir();
const wire = join(shared ?? '', 'data/peer-wire');

interface Flow {
  readonly folder: string;
  readonly cpa: string;
  readonly ours: string;
  readonly exchanges: readonly { readonly nn: string; readonly direction: string }[];
}

const flows: Flow[] =
  shared === undefined ? [] : (JSON.parse(readFileSync(join(wire, 'index.json'), 'utf8')) as Flow[]);
const signed = flows.filter((flow) => /\.signed/.test(flow.cpa));
const certificate = (side: string): Uint8Array =>
  new X509Certificate(readFileSync(join(wire, 'certs', `${side.toLowerCase()}-sign.pem`))).raw;

async function verdictOf(flow: Flow, allowSha1: boolean) {
  const first = flow.exchanges[0];
  const body = readFileSync(join(wire, flow.folder, `${first?.nn}-request.body.bin`));
  const raw = readFileSync(join(wire, flow.folder, `${first?.nn}-request.bin`));
  const split = splitBody(raw, body);
  const xml = readXml(split.soap);
  if (!xml.ok) throw new Error(xml.error.detail);
  const parts = split.parts.map((part) => ({
    contentId: part.contentId,
    digest: async (algorithm: string) => createHash(algorithm).update(part.bytes).digest(),
  }));
  const side = first?.direction.startsWith('A') ? 'A' : 'B';
  return { xml: xml.value, verdict: await verifySignature(xml.value, parts, certificate(side), { allowSha1 }) };
}

(shared ? describe : describe.skip)(
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
