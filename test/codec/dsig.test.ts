// Signing and verifying by themselves: every algorithm both ways, what is covered, keys that are refused, and changes of any kind.
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign as sealWith,
} from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type DigestReference, NS } from '../../adapter/base/index.ts';
import {
  computeReferences,
  DIGESTS,
  digestReferencesOf,
  SIGNATURES,
  type SignaturePolicy,
  signEnvelope,
  verifySignature,
} from '../../adapter/dsig/index.ts';
import { type CanonicalXml, canonicalWriter, exclusiveCanonical, readXml } from '../../adapter/xml/index.ts';
import { testPki } from '../fixtures/pki.ts';
import { oid, sequence, tlv } from '../transport/hand-made-crl.ts';

const STRICT: SignaturePolicy = { allowSha1: false };
const SHA1: SignaturePolicy = { allowSha1: true };
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const C14N = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
const EXC = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const NEXT = 'http://schemas.xmlsoap.org/soap/actor/next';
const w = canonicalWriter({ SOAP: NS.soap, eb: NS.eb, xlink: NS.xlink });

let key: KeyObject;
let certificate: Uint8Array;

beforeAll(async () => {
  const { signing } = (await testPki()).party('partij-a');
  key = createPrivateKey(signing.keyPem);
  certificate = signing.certificateDer;
});

const envelopeOf = (text: string, attribute = 'a'): string =>
  w.root(
    'SOAP:Envelope',
    {},
    w.element(
      'SOAP:Header',
      {},
      w.leaf('eb:CPAId', { 'eb:id': attribute }, text),
      w.element('eb:SyncReply', { 'SOAP:actor': NEXT }),
    ),
    w.element('SOAP:Body', {}, w.leaf('eb:Manifest', { 'xlink:href': 'cid:x' }, '')),
  );

const partOf = (contentId: string, bytes: Uint8Array) => ({
  contentId,
  digest: async (name: string) => createHash(name).update(bytes).digest(),
  bytes: async () => bytes,
});
type TestPart = ReturnType<typeof partOf>;

const read = (text: string): CanonicalXml => {
  const xml = readXml(Buffer.from(text, 'utf8'));
  if (!xml.ok) throw new Error(xml.error.detail);
  return xml.value;
};

const signed = async (
  envelope: string,
  parts: readonly TestPart[],
  methods = { signatureMethod: RSA_SHA256, digestMethod: SHA256 },
) => signEnvelope({ envelope, parts, key: { privateKey: key, certificateDer: certificate }, methods });

const verdictOn = (envelope: string, parts: readonly TestPart[], policy = STRICT, der = certificate) =>
  verifySignature(read(envelope), parts, der, policy);

const METHODS = Object.keys(SIGNATURES).flatMap((signatureMethod) =>
  Object.keys(DIGESTS).map((digestMethod) => [signatureMethod, digestMethod] as const),
);

describe('round trips', () => {
  test.each(METHODS)('R52 R54 R57 %s with %s', async (signatureMethod, digestMethod) => {
    const parts = [partOf('a@x', Buffer.from('een')), partOf('b%c d@x', Buffer.from('twee'))];
    const { envelope, references } = await signed(envelopeOf('é'), parts, { signatureMethod, digestMethod });
    const verdict = await verdictOn(envelope, parts, SHA1);
    expect(verdict).toMatchObject({
      kind: 'valid',
      coveredParts: ['a@x', 'b%c d@x'],
      signatureMethod,
      digestMethods: [digestMethod],
      references: [{ uri: '', verdict: 'valid' }, { verdict: 'valid' }, { verdict: 'valid' }],
    });
    const told = references.map(({ uri, digestMethod: method, digestValue }) => ({ uri, method, digestValue }));
    const same = (found: readonly DigestReference[]) =>
      found.map(({ uri, digestMethod: method, digestValue }) => ({ uri, method, digestValue }));
    expect(same(verdict.kind === 'valid' ? verdict.digestReferences : [])).toEqual(told);
    expect(same(digestReferencesOf(read(envelope)))).toEqual(told);
    const weak = DIGESTS[digestMethod]?.weak === true || SIGNATURES[signatureMethod]?.weak === true;
    expect((await verdictOn(envelope, parts)).kind).toBe(weak ? 'invalid' : 'valid');
  });

  test('row 144 R52 a method outside the table cannot be signed with', async () => {
    const methods = { signatureMethod: 'http://www.w3.org/2000/09/xmldsig#hmac-sha1', digestMethod: SHA256 };
    await expect(signed(envelopeOf('x'), [], methods)).rejects.toThrow('cannot sign with');
    await expect(signed('<a/>', [])).rejects.toThrow('only a canonical SOAP envelope');
  });

  test('R92 references computed for an unsigned message are those that its signature would have had', async () => {
    const parts = [partOf('a@x', Buffer.from('een'))];
    const plain = envelopeOf('x');
    const { envelope, references } = await signed(plain, parts);
    const computed = await computeReferences(read(plain), parts, SHA256);
    expect(computed).toHaveLength(2);
    expect(computed).toMatchObject(references);
    expect(digestReferencesOf(read(envelope))).toMatchObject(references);
    await expect(computeReferences(read(plain), parts, 'urn:iets')).rejects.toThrow('not supported');
  });

  test('R62 absent is told apart from invalid', async () => {
    expect(await verdictOn(envelopeOf('x'), [])).toEqual({ kind: 'absent' });
    expect(digestReferencesOf(read(envelopeOf('x')))).toEqual([]);
  });

  test('R58 a part that was not signed is not among the covered', async () => {
    const { envelope } = await signed(envelopeOf('x'), [partOf('a@x', Buffer.from('een'))]);
    const verdict = await verdictOn(envelope, [partOf('a@x', Buffer.from('een')), partOf('b@x', Buffer.from('twee'))]);
    expect(verdict).toMatchObject({ kind: 'valid', coveredParts: ['a@x'] });
  });

  test('row 106 a part that is there twice, or not, is not resolved', async () => {
    const part = partOf('a@x', Buffer.from('een'));
    const { envelope } = await signed(envelopeOf('x'), [part]);
    for (const parts of [[part, part], []]) {
      expect(await verdictOn(envelope, parts)).toMatchObject({
        kind: 'invalid',
        references: [{ verdict: 'valid' }, { uri: 'cid:a@x', verdict: 'notResolved' }],
      });
    }
  });
});

/** A signature put together by hand, as another product would. */
function handSigned(xpath: string | undefined, c14n: string, declared = `xmlns:s="${NS.soap}"`): string {
  const canonical = (xml: string): string => {
    const text = c14n === EXC ? exclusiveCanonical(Buffer.from(xml), []) : { ok: true as const, value: read(xml).text };
    if (!text.ok) throw new Error(text.error.detail);
    return text.value;
  };
  const envelope = envelopeOf('waarde');
  const covered = xpath === undefined ? envelope : envelope.replace(/<eb:SyncReply[\s\S]*<\/eb:SyncReply>/, '');
  const digest = createHash('sha256').update(canonical(covered)).digest('base64');
  const filter =
    xpath === undefined
      ? ''
      : `<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath ${declared}>${xpath}</ds:XPath></ds:Transform>`;
  const info = `<ds:SignedInfo><ds:CanonicalizationMethod Algorithm="${c14n}"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="${RSA_SHA256}"></ds:SignatureMethod><ds:Reference URI=""><ds:Transforms><ds:Transform Algorithm="${NS.ds}enveloped-signature"></ds:Transform>${filter}<ds:Transform Algorithm="${c14n}"></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="${SHA256}"></ds:DigestMethod><ds:DigestValue>${digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>`;
  const scope = c14n === EXC ? '' : ` xmlns:SOAP="${NS.soap}"`;
  const others = c14n === EXC ? '' : ` xmlns:eb="${NS.eb}" xmlns:xlink="${NS.xlink}"`;
  const alone = info.replace('<ds:SignedInfo>', `<ds:SignedInfo${scope} xmlns:ds="${NS.ds}"${others}>`);
  const value = sealWith('sha256', Buffer.from(canonical(alone)), key).toString('base64');
  return envelope.replace(
    '</SOAP:Header>',
    `<ds:Signature xmlns:ds="${NS.ds}">${info}<ds:SignatureValue>${value}</ds:SignatureValue></ds:Signature></SOAP:Header>`,
  );
}

const MSH = 'urn:oasis:names:tc:ebxml-msg:actor:nextMSH';
const AGREED = `not(ancestor-or-self::node()[@s:actor="${MSH}"] | ancestor-or-self::node()[@s:actor="${NEXT}"])`;

describe('R56 T103 the XPath is compared as text', () => {
  test.each([C14N, EXC])('R51 T104 row 149 as agreed, or absent, with %s', async (c14n) => {
    expect(await verdictOn(handSigned(AGREED, c14n), [])).toMatchObject({ kind: 'valid', coveredParts: [] });
    expect(await verdictOn(handSigned(undefined, c14n), [])).toMatchObject({ kind: 'valid' });
  });

  test('T103 any prefix of SOAP, either quote, and white space between the words are one', async () => {
    const space = fc.constantFrom('', ' ', '\n', '\t ', '  ');
    const quote = fc.constantFrom('"', "'");
    const prefix = fc.constantFrom('s', 'SOAP', 'soap-env', '_x', 'S.1');
    await fc.assert(
      fc.asyncProperty(
        fc.array(space, { minLength: 12, maxLength: 12 }),
        quote,
        quote,
        prefix,
        async (gaps, a, b, p) => {
          let at = 0;
          const text = AGREED.replaceAll('@s:', `@${p}:`)
            .replace(/"([^"]*)"/, `${a}$1${a}`)
            .replace(/"([^"]*)"(?=\]\))/, `${b}$1${b}`)
            .replace(/[([\])|=]/g, (token) => `${gaps[at++ % 12]}${token}`);
          const envelope = handSigned(text, C14N, p === 'SOAP' ? '' : `xmlns:${p}="${NS.soap}"`);
          expect((await verdictOn(envelope, [])).kind).toBe('valid');
        },
      ),
      { numRuns: 40 },
    );
  });

  test.each([
    ['another actor', AGREED.replace(NEXT, 'urn:x')],
    ['another axis', AGREED.replace('ancestor-or-self', 'descendant-or-self')],
    ['another node test', AGREED.replace('node()', '*')],
    ['an addition', `${AGREED} or true()`],
    ['one actor less', `not(ancestor-or-self::node()[@s:actor="${MSH}"])`],
    ['white space in a literal', AGREED.replace(NEXT, `${NEXT} `)],
    ['no prefix', AGREED.replaceAll('@s:', '@')],
  ])('row 136 T102 %s is refused', async (_what, xpath) => {
    expect(await verdictOn(handSigned(xpath, C14N), [])).toMatchObject({
      kind: 'invalid',
      reason: 'the XPath transform is not the agreed one',
    });
  });

  test('row 136 a prefix that is not bound to SOAP is refused', async () => {
    expect((await verdictOn(handSigned(AGREED, C14N, 'xmlns:s="urn:x"'), [])).kind).toBe('invalid');
    expect((await verdictOn(handSigned(AGREED, C14N, 'xmlns:t="urn:x"'), [])).kind).toBe('invalid');
  });
});

describe('any message, any change', () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 }).filter((value) => /\S/.test(value));
  const legal = (value: string): string => value.replace(/[^\u0009\u000a\u000d\u0020-\ud7ff\ue000-\ufffd]/gu, '?');
  const bytes = fc.uint8Array({ maxLength: 200 });

  test('R54 R57 R61 what is signed verifies, with every part covered', async () => {
    await fc.assert(
      fc.asyncProperty(text, text, fc.array(bytes, { maxLength: 4 }), async (value, attribute, contents) => {
        const parts = contents.map((content, number) => partOf(`deel-${number}@x`, content));
        const { envelope } = await signed(envelopeOf(legal(value), legal(attribute)), parts);
        expect(read(envelope).text).toBe(envelope);
        expect(await verdictOn(envelope, parts)).toMatchObject({
          kind: 'valid',
          coveredParts: parts.map(({ contentId }) => contentId),
        });
      }),
      { numRuns: 60 },
    );
  });

  test('row 139 row 140 row 141 one octet changed anywhere outside KeyInfo and SyncReply is noticed', async () => {
    const parts = [partOf('a@x', Buffer.from('inhoud'))];
    const { envelope } = await signed(envelopeOf('waarde'), parts);
    const open = [/<eb:SyncReply[\s\S]*<\/eb:SyncReply>/, /<ds:KeyInfo>[\s\S]*<\/ds:KeyInfo>/].map((pattern) => {
      const match = pattern.exec(envelope);
      return [match?.index ?? 0, (match?.index ?? 0) + (match?.[0].length ?? 0)] as const;
    });
    const places = [...envelope].map((_, at) => at).filter((at) => !open.some(([from, to]) => at >= from && at < to));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...places), fc.integer({ min: 1, max: 127 }), async (at, flip) => {
        const octets = Buffer.from(envelope);
        octets[at] = (octets[at] ?? 0) ^ flip;
        const changed = readXml(octets);
        // Not well-formed is refused before; the same canonical form is no change (a quote or a space for another).
        if (!changed.ok || changed.value.text === envelope) return;
        expect((await verifySignature(changed.value, parts, certificate, STRICT)).kind).not.toBe('valid');
      }),
      { numRuns: 300 },
    );
  });

  test('row 139 one octet changed in a part is named', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.nat(), async (content, at) => {
        const { envelope } = await signed(envelopeOf('x'), [partOf('a@x', content)]);
        const changed = content.map((byte, number) => (number === at % content.length ? byte ^ 1 : byte));
        expect(await verdictOn(envelope, [partOf('a@x', changed)])).toMatchObject({
          kind: 'invalid',
          references: [{ verdict: 'valid' }, { uri: 'cid:a@x', verdict: 'digestMismatch' }],
        });
      }),
      { numRuns: 40 },
    );
  });
});

/** A certificate over any public key; its own signature is never looked at here. */
function certificateOver(spki: Uint8Array): Buffer {
  const algorithm = sequence(oid('1.2.840.113549.1.1.11'), tlv(0x05));
  const name = sequence(tlv(0x31, sequence(oid('2.5.4.3'), tlv(0x0c, Buffer.from('x')))));
  const time = (value: string): Buffer => tlv(0x17, Buffer.from(value, 'latin1'));
  const tbs = sequence(
    tlv(0x02, Buffer.from([1])),
    algorithm,
    name,
    sequence(time('250101000000Z'), time('400101000000Z')),
    name,
    Buffer.from(spki),
  );
  return sequence(tbs, algorithm, tlv(0x03, Buffer.from([0]), Buffer.alloc(256, 1)));
}

const spkiOf = (publicKey: KeyObject): Buffer => publicKey.export({ format: 'der', type: 'spki' });

/** The public key of A with another exponent. */
function withExponent(exponent: number): Buffer {
  const jwk = createPublicKey(key).export({ format: 'jwk' });
  const e = Buffer.from([exponent]).toString('base64url');
  return spkiOf(createPublicKey({ key: { ...jwk, e }, format: 'jwk' }));
}

describe('row 146 keys of a certificate that are refused', () => {
  const verdict = async (spki: Uint8Array) => {
    const { envelope } = await signed(envelopeOf('x'), []);
    return verdictOn(envelope, [], STRICT, certificateOver(spki));
  };

  test('row 146 the same key in a hand-made certificate is taken', async () => {
    expect((await verdict(spkiOf(createPublicKey(key)))).kind).toBe('valid');
  });

  test.each([1, 3, 17])('row 146 the public exponent %i', async (exponent) => {
    expect(await verdict(withExponent(exponent))).toMatchObject({
      kind: 'invalid',
      reason: expect.stringContaining('public exponent'),
    });
  });

  test('row 146 RSA of 1024 bits', async () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    expect(await verdict(spkiOf(publicKey))).toMatchObject({
      kind: 'invalid',
      reason: expect.stringContaining('1024 bits'),
    });
  });

  test.each([
    ['an elliptic curve', () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey],
    ['Ed25519', () => generateKeyPairSync('ed25519').publicKey],
    ['RSA-PSS', () => generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey],
    ['DSA', () => generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 }).publicKey],
  ])('row 146 %s', async (_name, make) => {
    expect(await verdict(spkiOf(make()))).toMatchObject({ kind: 'invalid', reason: expect.stringContaining('no RSA') });
  });

  test('row 146 octets that are no certificate', async () => {
    const { envelope } = await signed(envelopeOf('x'), []);
    expect(await verdictOn(envelope, [], STRICT, Buffer.from('niets'))).toMatchObject({ kind: 'invalid' });
  });
});

describe('row 146 padding that is not quite right', () => {
  const n = (): bigint =>
    BigInt(`0x${Buffer.from(createPublicKey(key).export({ format: 'jwk' }).n ?? '', 'base64url').toString('hex')}`);
  const PREFIX = '3031300d060960864801650304020105000420';
  const PREFIX_WITHOUT_NULL = '302f300b0609608648016503040201' + '0420';

  /** Signs a block of our own making with the raw private operation. */
  const raw = (block: string): Buffer => {
    const { d = '' } = key.export({ format: 'jwk' });
    let base = BigInt(`0x${block}`);
    let exponent = BigInt(`0x${Buffer.from(d, 'base64url').toString('hex')}`);
    let result = 1n;
    for (; exponent > 0n; exponent >>= 1n) {
      if (exponent & 1n) result = (result * base) % n();
      base = (base * base) % n();
    }
    return Buffer.from(result.toString(16).padStart(512, '0'), 'hex');
  };
  const forged = async (block: (hash: string) => string) => {
    const { envelope } = await signed(envelopeOf('x'), []);
    const xml = read(envelope);
    const at = /<ds:SignedInfo>[\s\S]*<\/ds:SignedInfo>/.exec(xml.text)?.[0] ?? '';
    const scope = `xmlns:SOAP="${NS.soap}" xmlns:ds="${NS.ds}" xmlns:eb="${NS.eb}" xmlns:xlink="${NS.xlink}"`;
    const hash = createHash('sha256')
      .update(at.replace('<ds:SignedInfo>', `<ds:SignedInfo ${scope}>`))
      .digest('hex');
    const value = raw(block(hash)).toString('base64');
    return verdictOn(envelope.replace(/(?<=<ds:SignatureValue>)[^<]*/, value), []);
  };
  const padded = (tail: string, octets = 256): string => `0001${'ff'.repeat(octets - 3 - tail.length / 2)}00${tail}`;

  test('row 146 the block as it should be is taken', async () => {
    expect((await forged((hash) => padded(PREFIX + hash))).kind).toBe('valid');
  });

  test.each([
    ['octets behind the hash', (hash: string) => `0001${'ff'.repeat(8)}00${PREFIX}${hash}`.padEnd(512, '0')],
    ['padding that is not all ones', (hash: string) => padded(PREFIX + hash).replace('ffff', 'fffe')],
    ['padding of type 2', (hash: string) => padded(PREFIX + hash).replace('0001', '0002')],
    ['padding of type 0', (hash: string) => padded(PREFIX + hash).replace('0001', '0000')],
    ['a hash without its name', (hash: string) => padded(hash)],
    ['the name of SHA-512 on a hash of SHA-256', (hash: string) => padded(PREFIX.replace('0201', '0203') + hash)],
    ['a hash of other octets', () => padded(PREFIX + '00'.repeat(32))],
    ['BER lengths', (hash: string) => padded(`308131${PREFIX.slice(4)}${hash}`)],
    ['a hidden octet string', (hash: string) => padded(`3033300f060960864801650304020105020000${'0420'}${hash}`)],
  ])('row 146 %s', async (_name, block) => {
    expect((await forged(block)).kind).toBe('invalid');
  });

  test('row 146 a missing NULL', async () => {
    expect((await forged((hash) => padded(PREFIX_WITHOUT_NULL + hash))).kind).toBe('invalid');
  });
});
