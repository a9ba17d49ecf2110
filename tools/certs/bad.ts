// Certificates that a correct gateway refuses, one defect each (rows 90, 92, 93; DK-007).
import type { webcrypto } from 'node:crypto';
import { type Authority, CLIENT_USAGE, DAY_MS, makeAuthority, SERVER_USAGE, selfSigned } from './authority.ts';
import type { BadKind, DevIdentity, LeafRequest } from './types.ts';

interface BadRequest {
  readonly issuing: Authority;
  readonly now: Date;
  readonly revokedSerial: string;
  readonly oin: string;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly otherRootKeys: webcrypto.CryptoKeyPair;
}

/** OIN of nobody in the PKI, from the test range (security sheet §3.1). */
const STRANGER_OIN = '00000099999999990000';

export async function makeBadOnes(request: BadRequest): Promise<ReadonlyMap<BadKind, DevIdentity>> {
  const { issuing, now, keys } = request;
  const day = (n: number): Date => new Date(now.getTime() + n * DAY_MS);
  const base: LeafRequest = {
    oin: request.oin,
    commonName: 'afgekeurd',
    dnsNames: ['afgekeurd.localhost', 'localhost'],
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
    ['notYetValid', await issuing.issue({ ...base, notBefore: day(10), notAfter: day(40) }, keys)],
    ['revoked', await issuing.issue({ ...base, serial: request.revokedSerial }, keys)],
    ['otherOin', await issuing.issue({ ...base, oin: STRANGER_OIN }, keys)],
    ['otherRoot', await otherRoot.issue(base, keys)],
    ['noClientAuth', await issuing.issue({ ...base, extendedKeyUsage: SERVER_USAGE }, keys)],
    ['noServerAuth', await issuing.issue({ ...base, extendedKeyUsage: CLIENT_USAGE }, keys)],
    ['selfSigned', await selfSigned(base, keys, now)],
    ['otherHost', await issuing.issue({ ...base, dnsNames: ['elders.example'], ipAddresses: [] }, keys)],
  ]);
}
