// Certificates that a correct gateway refuses: the first party's TLS certificate with one defect each (rows 90, 92, 93; DK-007).
import type { webcrypto } from 'node:crypto';
import {
  type Authority,
  CLIENT_USAGE,
  DAY_MS,
  LEAF_DAYS,
  makeAuthority,
  SERVER_USAGE,
  selfSigned,
} from './authority.ts';
import type { BadKind, DevIdentity, LeafRequest } from './types.ts';

interface BadRequest {
  readonly issuing: Authority;
  readonly now: Date;
  readonly revokedSerial: string;
  readonly oin: string;
  readonly dnsNames: readonly string[];
  readonly keys: webcrypto.CryptoKeyPair;
  readonly otherRootKeys: webcrypto.CryptoKeyPair;
}

/** OIN of nobody in the PKI, from the test range (security sheet §3.1). */
const STRANGER_OIN = '00000099999999990000';
const STRANGE_HOST = 'elders.example';

/** What is wrong with each, and who finds it, for whoever tests with it. */
export const BAD_KINDS: Readonly<Record<BadKind, string>> = {
  expired: 'verlopen',
  notYetValid: 'nog niet geldig, zolang de goede gelden',
  revoked: 'ingetrokken: het staat in ca/issuing.crl.pem',
  otherOin: `met OIN ${STRANGER_OIN}: de verbinding komt tot stand, het bericht wordt geweigerd (SecurityFailure)`,
  otherRoot: 'van een uitgever die niet in ca/chain.pem staat',
  selfSigned: 'door zichzelf uitgegeven',
  noClientAuth: 'niet bedoeld voor een cliënt: een server weigert het',
  noServerAuth: 'niet bedoeld voor een server: een cliënt weigert het',
  otherHost: `voor ${STRANGE_HOST}: een cliënt weigert het`,
};

export async function makeBadOnes(request: BadRequest): Promise<ReadonlyMap<BadKind, DevIdentity>> {
  const { issuing, now, keys } = request;
  const day = (n: number): Date => new Date(now.getTime() + n * DAY_MS);
  const base: LeafRequest = {
    oin: request.oin,
    commonName: 'afgekeurd',
    dnsNames: request.dnsNames,
    ipAddresses: ['127.0.0.1'],
  };
  const otherRoot = await makeAuthority({
    commonName: 'Vreemde Root CA',
    keys: request.otherRootKeys,
    style: 'pkcs1',
    now,
  });
  return new Map<BadKind, DevIdentity>([
    ['expired', await issuing.issue({ ...base, notBefore: day(-40), notAfter: day(-10) }, keys)],
    ['notYetValid', await issuing.issue({ ...base, notBefore: day(LEAF_DAYS), notAfter: day(LEAF_DAYS + 30) }, keys)],
    ['revoked', await issuing.issue({ ...base, serial: request.revokedSerial }, keys)],
    ['otherOin', await issuing.issue({ ...base, oin: STRANGER_OIN }, keys)],
    ['otherRoot', await otherRoot.issue(base, keys)],
    ['noClientAuth', await issuing.issue({ ...base, extendedKeyUsage: SERVER_USAGE }, keys)],
    ['noServerAuth', await issuing.issue({ ...base, extendedKeyUsage: CLIENT_USAGE }, keys)],
    ['selfSigned', await selfSigned(base, keys, now)],
    ['otherHost', await issuing.issue({ ...base, dnsNames: [STRANGE_HOST], ipAddresses: [] }, keys)],
  ]);
}
