// The signature verifier: whatever is changed, what verifies is what was signed.
import { createHash, createPrivateKey } from 'node:crypto';
import { ACTOR, MSH_SERVICE, NS, OIN_TYPE, SYNC_REPLY } from '../../../adapter/base/index.ts';
import { digestReferencesOf, type SignedPart, signEnvelope, verifySignature } from '../../../adapter/dsig/index.ts';
import { type EbmsMessage, writeMessage } from '../../../adapter/ebms/index.ts';
import { writeMultipart } from '../../../adapter/mime/index.ts';
import { attribute, type CanonicalXml, descendants, readXml, type XmlElement } from '../../../adapter/xml/index.ts';
import { XML_MUTATORS, XML_TOKENS } from '../mutate/xml.ts';
import { must, type Target } from '../target.ts';
import { MIME_TOKENS, readBack, splitInput } from './mime.ts';
import { fuzzPki, OIN_A, OIN_B } from './parties.ts';

/** Signer and signed contents of a message that is judged elsewhere: a first line in front of the input. */
const PREFIX = '#signed ';

interface Signed {
  readonly certificate: Buffer;
  /** Digests of everything that this signer signed. */
  readonly contents: ReadonlySet<string>;
}

interface Opened {
  readonly xml: CanonicalXml;
  readonly parts: readonly { readonly contentId: string; readonly bytes: Buffer }[];
}

async function open(input: Buffer): Promise<Opened | undefined> {
  const { contentType, body } = splitInput(input);
  if (contentType === undefined) return undefined;
  const { result, headers, bodies } = await readBack(body, contentType, [Math.max(1, body.length)]);
  if (!result.ok) return undefined;
  const xml = readXml(bodies[result.value.root] ?? Buffer.alloc(0));
  if (!xml.ok) return undefined;
  const parts = headers.flatMap(({ contentId }, i) =>
    i === result.value.root || contentId === undefined ? [] : [{ contentId, bytes: bodies[i] ?? Buffer.alloc(0) }],
  );
  return { xml: xml.value, parts };
}

/** What the agreed transforms leave, worked out by leaving ranges out of the text, and the covered parts with it. */
function contentOf({ xml, parts }: Opened, covered: readonly string[]): string {
  const hash = createHash('sha256').update(signedText(xml));
  for (const id of [...covered].sort()) {
    const found = parts.filter((part) => part.contentId === id);
    hash.update(`\0${id}\0${found.length}\0`);
    for (const part of found) hash.update(createHash('sha256').update(part.bytes).digest());
  }
  return hash.digest('hex');
}

function signedText({ text, root }: CanonicalXml): string {
  let kept = '';
  let at = 0;
  for (const element of descendants(root)) {
    if (element.start < at || !isLeftOut(element)) continue;
    kept += text.slice(at, element.start);
    at = element.end;
  }
  return kept + text.slice(at);
}

function isLeftOut(element: XmlElement): boolean {
  const actor = attribute(element, NS.soap, 'actor');
  return (element.ns === NS.ds && element.name === 'Signature') || actor === ACTOR.next || actor === ACTOR.nextMsh;
}

const asSignedParts = (opened: Opened): SignedPart[] =>
  opened.parts.map(({ contentId, bytes }) => ({
    contentId,
    digest: (algorithm) => Promise.resolve(createHash(algorithm).update(bytes).digest()),
    bytes: () => Promise.resolve(bytes),
  }));

async function judge(input: Buffer, { certificate, contents }: Signed): Promise<void> {
  const opened = await open(input);
  if (opened === undefined) return;
  const references = digestReferencesOf(opened.xml);
  const verdict = await verifySignature(opened.xml, asSignedParts(opened), certificate, { allowSha1: false });
  if (verdict.kind === 'invalid') must(verdict.reason !== '', 'a refusal has no reason');
  if (verdict.kind !== 'valid') return;
  must(contents.has(contentOf(opened, verdict.coveredParts)), 'a changed message verifies');
  must(
    JSON.stringify(references) === JSON.stringify(verdict.digestReferences),
    'the references repeated are not those verified',
  );
}

/** A kept input names its signer's certificate and the digests of what was signed. */
function splitKept(input: Buffer): { signed: Signed; rest: Buffer } | undefined {
  if (!input.subarray(0, PREFIX.length).equals(Buffer.from(PREFIX))) return undefined;
  const end = input.indexOf('\n');
  const [certificate = '', ...contents] = input
    .subarray(PREFIX.length, end < 0 ? undefined : end)
    .toString('latin1')
    .split(' ');
  return {
    signed: { certificate: Buffer.from(certificate, 'base64'), contents: new Set(contents) },
    rest: end < 0 ? Buffer.alloc(0) : input.subarray(end + 1),
  };
}

function message(action: string, syncReply: boolean): EbmsMessage {
  return {
    header: {
      version: '2.0',
      from: { partyIds: [{ value: OIN_A, type: OIN_TYPE }], role: 'A' },
      to: { partyIds: [{ value: OIN_B, type: OIN_TYPE }], role: 'B' },
      cpaId: 'FUZZ_A_B',
      conversationId: 'c1',
      service: action === 'Ping' ? { value: MSH_SERVICE } : { value: 'dienst:1', type: 'urn:osb:services' },
      action,
      messageId: 'm1@a.example',
      timestamp: { instant: Date.UTC(2025, 0, 1), zoned: true },
      duplicateElimination: true,
    },
    syncReply: syncReply && SYNC_REPLY,
    ackRequested: [{ version: '2.0', signed: true, actor: ACTOR.toPartyMsh }],
    ...(action === 'Ping' ? {} : { manifest: { version: '2.0', references: [{ href: 'cid:p1@a' }] } }),
    signatures: 0,
  };
}

async function signedSeed(action: string, syncReply: boolean, bodies: readonly string[]): Promise<Buffer> {
  const { signing } = (await fuzzPki()).party('partij-a');
  const parts = bodies.map((body, i) => ({ contentId: `p${i + 1}@a`, bytes: Buffer.from(body) }));
  const { envelope } = await signEnvelope({
    envelope: writeMessage(message(action, syncReply)),
    parts: parts.map(({ contentId, bytes }) => ({
      contentId,
      digest: (algorithm) => Promise.resolve(createHash(algorithm).update(bytes).digest()),
    })),
    key: { privateKey: createPrivateKey(signing.keyPem), certificateDer: signing.certificateDer },
    methods: {
      signatureMethod: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
      digestMethod: 'http://www.w3.org/2001/04/xmlenc#sha256',
    },
  });
  const root = {
    contentId: 'soap@a',
    contentType: 'text/xml',
    bytes: Buffer.byteLength(envelope),
    body: Buffer.from(envelope),
  };
  const rest = parts.map(({ contentId, bytes }) => ({
    contentId,
    contentType: 'application/xml',
    bytes: bytes.length,
    body: bytes,
  }));
  const written = writeMultipart([root, ...rest], 'b');
  return Buffer.concat([Buffer.from(`${written.contentType}\n`), await written.whole()]);
}

async function prepare() {
  const seeds = [
    await signedSeed('ggk_Di01', false, ['<a b="c">d</a>']),
    await signedSeed('ggk_Du01', true, ['x', 'y\r\n--z']),
    await signedSeed('Ping', false, []),
  ];
  const certificate = (await fuzzPki()).party('partij-a').signing.certificateDer;
  const contents = new Set<string>();
  for (const seed of seeds) {
    const opened = await open(seed);
    if (opened === undefined) throw new Error('a seed cannot be read');
    contents.add(
      contentOf(
        opened,
        opened.parts.map(({ contentId }) => contentId),
      ),
    );
  }
  const own: Signed = { certificate, contents };
  const first = `${PREFIX}${certificate.toString('base64')} ${[...contents].join(' ')}\n`;
  return {
    seeds,
    run(input: Buffer): Promise<void> {
      const kept = splitKept(input);
      return kept === undefined ? judge(input, own) : judge(kept.rest, kept.signed);
    },
    keep: (input: Buffer): Buffer => Buffer.concat([Buffer.from(first), input]),
  };
}

export const signatureTarget: Target = {
  name: 'signature',
  about: 'handtekeningcontrole',
  dictionary: [...XML_TOKENS, ...MIME_TOKENS, ' Id="a"', ' URI=""', ' URI="#a"', ' URI="cid:p1@a"', ' SOAP:actor=""'],
  mutators: XML_MUTATORS,
  prepare,
};
