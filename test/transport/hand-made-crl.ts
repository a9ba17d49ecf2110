// Writes revocation lists octet by octet, for sizes and oddities that no generator makes.
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

export function tlv(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([Buffer.from([tag, 0x84]), length, body]);
}

export const sequence = (...content: readonly Buffer[]): Buffer => tlv(0x30, ...content);

/** Arcs below 2^14 from the third on are enough here, except the well-known 840 and 113549. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const octets = rest.flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return tlv(0x06, Buffer.from([first * 40 + second, ...octets]));
}

export function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), ...(critical ? [tlv(0x01, Buffer.from([0xff]))] : []), tlv(0x04, value));
}

export interface CrlParts {
  readonly serials: readonly Buffer[];
  /** The whole element, or nothing. */
  readonly nextUpdate: Buffer;
  readonly algorithm: Buffer;
  readonly entryExtension: Buffer;
  readonly extension: Buffer;
}

let keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject } | undefined;

const time = (text: string): Buffer => tlv(0x17, Buffer.from(text, 'latin1'));
const SHA256_RSA = sequence(oid('1.2.840.113549.1.1.11'), tlv(0x05));

/** A version 2 list of an issuer named `CN=x`, signed with RSA and SHA-256 whatever its algorithm field says. */
export function handMadeCrl(parts: Partial<CrlParts>): { readonly der: Buffer; readonly publicKey: KeyObject } {
  keys ??= generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { serials = [], nextUpdate = time('300101000000Z'), algorithm = SHA256_RSA } = parts;
  const issuer = sequence(tlv(0x31, sequence(oid('2.5.4.3'), tlv(0x0c, Buffer.from('x')))));
  const own = parts.entryExtension === undefined ? [] : [sequence(parts.entryExtension)];
  const entries = serials.map((serial) => sequence(tlv(0x02, serial), time('250101000000Z'), ...own));
  const tbs = sequence(
    tlv(0x02, Buffer.from([1])),
    algorithm,
    issuer,
    time('250101000000Z'),
    nextUpdate,
    sequence(...entries),
    ...(parts.extension === undefined ? [] : [tlv(0xa0, sequence(parts.extension))]),
  );
  const signature = sign('sha256', tbs, keys.privateKey);
  return { der: sequence(tbs, algorithm, tlv(0x03, Buffer.from([0]), signature)), publicKey: keys.publicKey };
}
