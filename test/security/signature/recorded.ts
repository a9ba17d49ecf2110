// Signed messages of another product as they stood on the wire, each with some changes: the foreign part of the differential's corpus.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { peerFlows } from '../../fixtures/peer-wire.ts';
import { sharedDir } from '../../fixtures/shared.ts';
import { splitBody } from '../../fixtures/wire/split.ts';
import type { SignedMessage } from './opinion.ts';
import { NEXT } from './signer.ts';

export interface Recorded {
  readonly name: string;
  readonly message: SignedMessage;
  /** Alike: by the same release, of the same side, with the same digests, with parts or without. */
  readonly kind: string;
}

const wire = join(sharedDir() ?? '', 'data/peer-wire');
const certificate = (side: string): string => readFileSync(join(wire, 'certs', `${side}-sign.pem`), 'utf8');

/** Every request that holds a signature, copies of one message once. */
export function recordedMessages(): readonly Recorded[] {
  const seen = new Set<string>();
  return peerFlows.flatMap(({ folder, cpa, exchanges }) =>
    exchanges.flatMap(({ nn, direction }) => {
      const path = join(wire, folder, `${nn}-request`);
      if (!existsSync(`${path}.body.bin`)) return [];
      const body = readFileSync(`${path}.body.bin`);
      const octets = body.toString('latin1');
      if (!octets.includes('SignatureValue>') || seen.has(octets)) return [];
      seen.add(octets);
      const { soap, parts } = splitBody(readFileSync(`${path}.bin`), body);
      const side = direction.startsWith('A') ? 'a' : 'b';
      const kind = [folder.split('/')[0], side, /sha1|sha256/.exec(cpa)?.[0], parts.length > 0].join(' ');
      return [{ name: `${folder} ${nn}`, kind, message: { envelope: soap, parts, certificatePem: certificate(side) } }];
    }),
  );
}

type Change = (message: SignedMessage) => SignedMessage;

const inText =
  (from: RegExp, to: string): Change =>
  (message) => {
    const text = message.envelope.toString('latin1');
    const changed = text.replace(from, to);
    if (changed === text) throw new Error(`nothing to change: ${String(from)}`);
    return { ...message, envelope: Buffer.from(changed, 'latin1') };
  };

/** What an attacker on the way could do to any signed message, whoever made it, and what a careless relay might. */
const CHANGES: readonly (readonly [string, Change])[] = [
  ['as it is', (message) => message],
  ['another SignatureValue', inText(/(SignatureValue>\s*)[^<]{4}/, '$1AAAA')],
  ['another DigestValue of the envelope', inText(/(SignedInfo>[\s\S]*?DigestValue>)[^<]{4}/, '$1AAAA')],
  ['another action', inText(/(<eb:(?:Action|MessageId)>)/, '$1x')],
  ['a foreign header block', inText(/(<\/[\w-]+:Header>)/, '<x:x xmlns:x="urn:x"/>$1')],
  ['a space in the Body', inText(/(<\/[\w-]+:Envelope>)/, ' $1')],
  ['a comment in a DigestValue', inText(/(SignedInfo>[\s\S]*?DigestValue>[^<]{4})/, '$1<!---->')],
  ['a comment before the Header ends', inText(/(<\/[\w-]+:Header>)/, '<!-- -->$1')],
  ['a header block for the next actor', inText(/(<\/([\w-]+):Header>)/, `<x:x xmlns:x="urn:x" $2:actor="${NEXT}"/>$1`)],
  ['line ends as CR LF', inText(/\r?\n/g, '\r\n')],
  ['an XML declaration', inText(/^(<\?xml[^>]*>)?\s*/, '<?xml version="1.0" encoding="UTF-8"?>\n')],
  ['the certificate of the other side', (message) => ({ ...message, certificatePem: theOther(message) })],
  [
    'a part more',
    (message) => ({ ...message, parts: [...message.parts, { contentId: 'meer@x', bytes: Buffer.from('x') }] }),
  ],
];
const PART_CHANGES: typeof CHANGES = [
  ['an octet more in each part', onParts((bytes) => Buffer.concat([bytes, Buffer.from(' ')]))],
  ['no parts', (message) => ({ ...message, parts: [] })],
];

/** All as they are, and one of each kind with every change. */
export function foreignCorpus(recordings: readonly Recorded[]): readonly Recorded[] {
  const kinds = new Set<string>();
  return recordings.flatMap((recorded) => {
    const { name, message, kind } = recorded;
    if (kinds.has(kind)) return [{ ...recorded, name: `as it is: ${name}` }];
    kinds.add(kind);
    const changes = [...CHANGES, ...(message.parts.length > 0 ? PART_CHANGES : [])];
    return changes.map(([change, apply]) => ({ name: `${change}: ${name}`, kind, message: apply(message) }));
  });
}

const theOther = ({ certificatePem }: SignedMessage): string =>
  certificate(certificatePem === certificate('a') ? 'b' : 'a');

function onParts(change: (bytes: Buffer) => Buffer): Change {
  return (message) => ({ ...message, parts: message.parts.map((part) => ({ ...part, bytes: change(part.bytes) })) });
}
