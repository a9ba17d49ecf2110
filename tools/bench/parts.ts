// Part parts: what one core does of each step by itself, beside the RSA rate of the same run.
import { constants, createCipheriv, generateKeyPairSync, publicEncrypt, randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { signEnvelope, verifySignature } from '../../adapter/dsig/index.ts';
import { MIME_LIMITS, parseContentType, readMultipart, writeMultipart } from '../../adapter/mime/index.ts';
import { readStuf } from '../../adapter/stuf/index.ts';
import { exclusiveCanonical, readXml } from '../../adapter/xml/index.ts';
import { openSchemas } from '../../adapter/xsd/index.ts';
import { measureCommits } from './commits.ts';
import { atLeast, type Figure } from './figure.ts';
import { METHODS } from './letter.ts';
import { ownCpuSeconds, ratePerSecond } from './machine.ts';
import type { PartInput, PartOutput } from './part.ts';
import { PAYLOAD_BYTES, sampleOfSize } from './sample.ts';
import { spaced } from './spaced.ts';
import { makeSubject, type Subject } from './subject.ts';

const SCHEMAS = fileURLToPath(new URL('../../../schemas', import.meta.url));
const WMO301 = 'iwmo-3.2/wmo301';
const LARGE_BYTES = 25_000_000;
const SIGN_SHARE = 0.65;
const VERIFY_BAR = 4_000;

export async function measureParts({ dir, seconds, machine }: PartInput): Promise<PartOutput> {
  const data = await ratesOf(dir, Math.min(2_000, (seconds * 1_000) / 10));
  return { figures: figuresOf(data, machine), data };
}

type PartsData = Awaited<ReturnType<typeof ratesOf>>;

async function ratesOf(dir: string, ms: number) {
  const subject = await makeSubject();
  return {
    ...codecRates(subject, ms),
    ...(await signatureRates(subject, ms)),
    encryptPerSecond: encryptionRate(subject, ms),
    ...(await schemaRates(ms)),
    mime25MbPerSecond: await mimeRate(ms),
    ...(await measureCommits(dir, ms)),
  };
}

function codecRates({ signed, stuf }: Subject, ms: number) {
  const bytes = Buffer.from(signed, 'utf8');
  const other = Buffer.from(spaced(signed), 'utf8');
  return {
    envelopeBytes: bytes.length,
    canonicalPerSecond: ratePerSecond(() => readXml(bytes), ms),
    parsePerSecond: ratePerSecond(() => readXml(other), ms),
    exclusivePerSecond: ratePerSecond(() => exclusiveCanonical(bytes, []), ms),
    stufPerSecond: ratePerSecond(() => readStuf(stuf), ms),
  };
}

async function signatureRates({ envelope, signed, part, key }: Subject, ms: number) {
  const read = readXml(Buffer.from(signed, 'utf8'));
  if (!read.ok) throw new Error('the bench signed an envelope that cannot be read');
  const policy = { allowSha1: false };
  const verify = () => verifySignature(read.value, [part], key.certificateDer, policy);
  if ((await verify()).kind !== 'valid') throw new Error('the bench signed wrongly');
  return {
    verifyPerSecond: await asyncRate(verify, ms),
    signPerSecond: await asyncRate(() => signEnvelope({ envelope, parts: [part], key, methods: METHODS }), ms),
  };
}

/** The least that XML Encryption would cost the sender of a message: a new AES key, wrapped by RSA-OAEP, and the payload by AES-GCM. */
function encryptionRate({ stuf }: Subject, ms: number): number {
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
  return ratePerSecond(() => {
    const [aes, nonce] = [randomBytes(32), randomBytes(12)];
    publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING }, aes);
    const cipher = createCipheriv('aes-256-gcm', aes, nonce);
    Buffer.concat([nonce, cipher.update(stuf), cipher.final(), cipher.getAuthTag()]).toString('base64');
  }, ms);
}

/** Per second of CPU of the whole process: RSA runs in other threads. */
async function asyncRate(work: () => Promise<unknown>, ms: number): Promise<number> {
  for (let warm = 0; warm < 20; warm += 1) await work();
  const until = performance.now() + ms;
  const startedAt = ownCpuSeconds();
  let count = 0;
  while (performance.now() < until) {
    await work();
    count += 1;
  }
  return count / (ownCpuSeconds() - startedAt);
}

async function schemaRates(ms: number) {
  const schemas = await openSchemas(SCHEMAS);
  try {
    const small = sampleOfSize(5_000, false);
    const large = sampleOfSize(LARGE_BYTES);
    const check = async (bytes: Uint8Array): Promise<void> => {
      if (!(await schemas.validate(bytes, WMO301)).valid) throw new Error('the sample of the bench is not valid');
    };
    const xsd5kBPerSecond = await asyncRate(() => check(small), ms);
    await check(sampleOfSize(1_000_000));
    const startedAt = performance.now();
    await check(large);
    return { xsd5kBPerSecond, xsd25MbSeconds: (performance.now() - startedAt) / 1_000 };
  } finally {
    await schemas.close();
  }
}

/** Packages of 25 MB read from chunks of 64 kB, digests included. */
async function mimeRate(ms: number): Promise<number> {
  // In lines, as base64 often is: each line end might begin a boundary.
  const body = Buffer.alloc(LARGE_BYTES, `${'PD94bWwg'.repeat(9)}PD94\r\n`);
  const root = Buffer.from('<root/>');
  const written = writeMultipart(
    [
      { contentId: 'root@proef.test', contentType: 'text/xml', bytes: root.length, body: root },
      { contentId: 'part@proef.test', contentType: 'application/xml', bytes: body.length, body },
    ],
    'meting',
  );
  const chunks: Uint8Array[] = [];
  for await (const chunk of written.chunks()) {
    for (let at = 0; at < chunk.length; at += 65_536) chunks.push(chunk.subarray(at, at + 65_536));
  }
  const contentType = parseContentType(written.contentType);
  if (contentType === undefined) throw new Error('the bench wrote a Content-Type that cannot be read');
  const limits = { ...MIME_LIMITS, maxBytes: 2 * LARGE_BYTES, maxRootBytes: 1_000 };
  const stream = async function* () {
    yield* chunks;
  };
  const read = () => readMultipart(stream(), contentType, { limits, sink: () => ({ write: () => undefined }) });
  if (!(await read()).ok) throw new Error('the bench wrote a package that cannot be read');
  return asyncRate(read, ms);
}

function figuresOf(
  data: PartsData,
  { signPerSecond, verifyPerSecond, fsyncPerSecond }: PartInput['machine'],
): Figure[] {
  const rsa = (rate: number, share: number): string =>
    `RSA ${Math.round(rate)}/s per kern: ${Math.round(share * 100)} %`;
  const per = '/s per kern';
  const kb = Math.round(data.envelopeBytes / 1_000);
  return [
    { name: `canonieke envelop van ${kb} kB lezen`, value: data.canonicalPerSecond, unit: per },
    { name: `ontleden en C14N, andere envelop van ${kb} kB`, value: data.parsePerSecond, unit: per },
    { name: `exclusieve C14N, envelop van ${kb} kB`, value: data.exclusivePerSecond, unit: per },
    { name: `StUF van ${PAYLOAD_BYTES / 1000} kB lezen`, value: data.stufPerSecond, unit: per },
    {
      name: 'verifiëren',
      value: data.verifyPerSecond,
      unit: per,
      bar: atLeast(VERIFY_BAR),
      note: rsa(verifyPerSecond, data.verifyPerSecond / verifyPerSecond),
    },
    {
      name: 'tekenen',
      value: data.signPerSecond,
      unit: per,
      bar: atLeast(SIGN_SHARE * signPerSecond),
      note: rsa(signPerSecond, data.signPerSecond / signPerSecond),
    },
    {
      name: `versleutelen, ${PAYLOAD_BYTES / 1000} kB`,
      value: data.encryptPerSecond,
      unit: per,
      note: 'alleen AES-GCM en RSA-OAEP: osb-…-e is er in deze versie niet',
    },
    { name: 'XSD 5 kB', value: data.xsd5kBPerSecond, unit: per },
    { name: 'XSD 25 MB', value: data.xsd25MbSeconds, unit: 's', note: 'in een eigen draad' },
    { name: 'MIME 25 MB lezen', value: data.mime25MbPerSecond * 25, unit: 'MB/s per kern' },
    {
      name: 'commit, één tegelijk',
      value: data.commitSinglePerSecond,
      unit: '/s',
      note: `fsync ${Math.round(fsyncPerSecond)}/s`,
    },
    {
      name: 'commit, 64 tegelijk',
      value: data.commitGroupedPerSecond,
      unit: '/s',
      note: `${data.writesPerGroup.toFixed(1)} per fsync`,
    },
  ];
}
