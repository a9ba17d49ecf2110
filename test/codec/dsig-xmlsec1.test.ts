// Signatures made here are accepted by xmlsec1, and xmlsec1's by us; skipped, visibly, where xmlsec1 is not installed.
import { spawnSync } from 'node:child_process';
import { createHash, createPrivateKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { NS } from '../../adapter/base/index.ts';
import { signEnvelope, verifySignature } from '../../adapter/dsig/index.ts';
import { canonicalWriter, readXml } from '../../adapter/xml/index.ts';
import type { DevIdentity } from '../../tools/certs/index.ts';
import { testPki } from '../fixtures/pki.ts';

const installed = spawnSync('xmlsec1', ['--version']).status === 0;
const SHA = {
  256: 'http://www.w3.org/2001/04/xmlenc#sha256',
  384: 'http://www.w3.org/2001/04/xmldsig-more#sha384',
  512: 'http://www.w3.org/2001/04/xmlenc#sha512',
} as const;
const SIZES = [256, 384, 512] as const;
const w = canonicalWriter({ SOAP: NS.soap, eb: NS.eb, xlink: NS.xlink });
const NEXT = 'http://schemas.xmlsoap.org/soap/actor/next';

/** An envelope with a header that the signature leaves out and characters that escaping must get right. */
const envelope = (): string =>
  w.root(
    'SOAP:Envelope',
    {},
    w.element(
      'SOAP:Header',
      {},
      w.leaf('eb:CPAId', { 'eb:id': 'a' }, 'één & <twee>\r\n"drie"'),
      w.element('eb:SyncReply', { 'SOAP:actor': NEXT }),
    ),
    w.element('SOAP:Body', {}, w.leaf('eb:Manifest', { 'xlink:href': 'cid:x?a&b' }, '')),
  );

let folder = '';
let signer: DevIdentity;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dk-xmlsec-'));
  signer = (await testPki()).party('partij-a').signing;
  writeFileSync(join(folder, 'cert.pem'), signer.certificatePem);
  writeFileSync(join(folder, 'key.pem'), signer.keyPem, { mode: 0o600 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

(installed ? describe : describe.skip)('xmlsec1 (skipped when it is not installed)', () => {
  test.each(SIZES)('R54 R60 rsa-sha%i made here is accepted by xmlsec1', async (size) => {
    const key = { privateKey: createPrivateKey(signer.keyPem), certificateDer: signer.certificateDer };
    const methods = {
      signatureMethod: `http://www.w3.org/2001/04/xmldsig-more#rsa-sha${size}`,
      digestMethod: SHA[size],
    };
    const signed = await signEnvelope({ envelope: envelope(), parts: [], key, methods });
    const run = spawnSync('xmlsec1', [
      '--verify',
      '--pubkey-cert-pem',
      join(folder, 'cert.pem'),
      file('ours.xml', signed.envelope),
    ]);
    expect(`${run.status} ${run.stderr.toString()}`).toMatch(/^0 /);
    const broken = signed.envelope.replace('drie', 'vier');
    expect(
      spawnSync('xmlsec1', ['--verify', '--pubkey-cert-pem', join(folder, 'cert.pem'), file('broken.xml', broken)])
        .status,
    ).not.toBe(0);
  });

  const C14N = ['http://www.w3.org/TR/2001/REC-xml-c14n-20010315', 'http://www.w3.org/2001/10/xml-exc-c14n#'];
  const cases = SIZES.flatMap((size) => C14N.map((c14n) => [size, c14n] as const));
  test.each(cases)('R51 row 149 rsa-sha%i by xmlsec1 with %s is accepted here', async (size, c14n) => {
    const template = `<ds:Signature xmlns:ds="${NS.ds}"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="${c14n}"/><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha${size}"/><ds:Reference URI=""><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath xmlns:s="${NS.soap}">not(ancestor-or-self::node()[@s:actor="urn:oasis:names:tc:ebxml-msg:actor:nextMSH"]  |
 ancestor-or-self::node()[@s:actor='${NEXT}'])</ds:XPath></ds:Transform><ds:Transform Algorithm="${c14n}"/></ds:Transforms><ds:DigestMethod Algorithm="${SHA[size]}"/><ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/></ds:Signature>`;
    const unsigned = envelope().replace('</SOAP:Header>', `\n  <!-- een opmerking -->${template}\n</SOAP:Header>`);
    const out = join(folder, 'theirs.xml');
    const run = spawnSync('xmlsec1', [
      '--sign',
      '--privkey-pem',
      join(folder, 'key.pem'),
      '--output',
      out,
      file('template.xml', unsigned),
    ]);
    expect(`${run.status} ${run.stderr.toString()}`).toMatch(/^0 /);
    const read = readXml(readFileSync(out));
    if (!read.ok) throw new Error(read.error.detail);
    const verdict = await verifySignature(read.value, [], signer.certificateDer, { allowSha1: false });
    expect(verdict).toMatchObject({ kind: 'valid' });
    const broken = readXml(Buffer.from(readFileSync(out, 'utf8').replace('drie', 'vier')));
    if (!broken.ok) throw new Error(broken.error.detail);
    expect((await verifySignature(broken.value, [], signer.certificateDer, { allowSha1: false })).kind).toBe('invalid');
  });
});

describe('sign and verify', () => {
  test.each(SIZES)('R57 R60 row 139 rsa-sha%i covers envelope and parts; a changed part is named', async (size) => {
    const key = { privateKey: createPrivateKey(signer.keyPem), certificateDer: signer.certificateDer };
    const methods = {
      signatureMethod: `http://www.w3.org/2001/04/xmldsig-more#rsa-sha${size}`,
      digestMethod: SHA[size],
    };
    const part = (bytes: string) => ({
      contentId: 'p@x',
      digest: async (name: string) => createHash(name).update(bytes).digest(),
    });
    const signed = await signEnvelope({ envelope: envelope(), parts: [part('inhoud')], key, methods });
    const read = readXml(Buffer.from(signed.envelope));
    if (!read.ok) throw new Error(read.error.detail);
    expect(read.value.text).toBe(signed.envelope);
    const good = await verifySignature(read.value, [part('inhoud')], signer.certificateDer, { allowSha1: false });
    expect(good).toMatchObject({ kind: 'valid', coveredParts: ['p@x'] });
    const bad = await verifySignature(read.value, [part('inhouD')], signer.certificateDer, { allowSha1: false });
    expect(bad).toMatchObject({
      kind: 'invalid',
      references: [{ verdict: 'valid' }, { uri: 'cid:p@x', verdict: 'digestMismatch' }],
    });
  });

  test('R63 row 152 another key does not verify', async () => {
    const key = { privateKey: createPrivateKey(signer.keyPem), certificateDer: signer.certificateDer };
    const methods = { signatureMethod: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', digestMethod: SHA[256] };
    const signed = await signEnvelope({ envelope: envelope(), parts: [], key, methods });
    const read = readXml(Buffer.from(signed.envelope));
    if (!read.ok) throw new Error(read.error.detail);
    const other = (await testPki()).party('partij-b').signing.certificateDer;
    expect((await verifySignature(read.value, [], other, { allowSha1: false })).kind).toBe('invalid');
  });
});
