// One development authority: its key, its certificate, the leaves it signs and its revocation lists.
import 'reflect-metadata';
import { createHash, randomBytes, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { DEVELOPMENT_ORGANISATION } from '../../adapter/transport/index.ts';
import type { DevIdentity, LeafRequest } from './types.ts';

type KeyPair = webcrypto.CryptoKeyPair;

export const DAY_MS = 86_400_000;
/** From a day before the PKI is made. */
export const LEAF_DAYS = 397;
const EKU = {
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  documentSigning: '1.3.6.1.5.5.7.3.36',
} as const;
export const TLS_USAGE: readonly string[] = [EKU.serverAuth, EKU.clientAuth];
export const SERVER_USAGE: readonly string[] = [EKU.serverAuth];
export const CLIENT_USAGE: readonly string[] = [EKU.clientAuth];

/** PKCS#1 v1.5 with SHA-256 as the G1 line, or PSS with SHA-512 and salt 64 as G4 (security sheet §2.4). */
export type SignatureStyle = 'pkcs1' | 'pss';

export function newKeyPair(bits: number): Promise<KeyPair> {
  return webcrypto.subtle.generateKey(
    { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]), modulusLength: bits },
    true,
    ['sign', 'verify'],
  );
}

export async function privateKeyPem(keys: KeyPair): Promise<string> {
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const lines = pkcs8.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`;
}

/** A positive random serial number of 16 octets. */
export function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

interface AuthorityRequest {
  readonly commonName: string;
  readonly organisation?: string;
  readonly keys: KeyPair;
  readonly style: SignatureStyle;
  readonly now: Date;
  readonly parent?: Authority;
  readonly serial?: string;
}

export interface CrlRequest {
  readonly serials: readonly string[];
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
}

/** Makes an authority, self-signed when it has no parent. Valid ten years from a year before `now`. */
export async function makeAuthority(request: AuthorityRequest): Promise<Authority> {
  const organisation = request.organisation ?? DEVELOPMENT_ORGANISATION;
  const name = new x509.Name([{ C: ['NL'] }, { O: [organisation] }, { CN: [request.commonName] }]);
  const signer = { keys: request.keys, style: request.style };
  const issuer = request.parent ?? { ...signer, name };
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: request.serial ?? newSerial(),
    subject: name,
    issuer: issuer.name,
    notBefore: new Date(request.now.getTime() - 365 * DAY_MS),
    notAfter: new Date(request.now.getTime() + 3650 * DAY_MS),
    publicKey: request.keys.publicKey,
    ...(await signing(issuer)),
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(request.keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.keys.publicKey),
    ],
  });
  return new Authority(request, name, certificate);
}

interface Signer {
  readonly keys: KeyPair;
  readonly style: SignatureStyle;
}

async function signing(
  by: Signer,
): Promise<{ signingKey: webcrypto.CryptoKey; signingAlgorithm: webcrypto.Algorithm }> {
  if (by.style === 'pkcs1') {
    return {
      signingKey: by.keys.privateKey,
      signingAlgorithm: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as webcrypto.Algorithm,
    };
  }
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', by.keys.privateKey);
  const signingKey = await webcrypto.subtle.importKey('pkcs8', pkcs8, { name: 'RSA-PSS', hash: 'SHA-512' }, false, [
    'sign',
  ]);
  return { signingKey, signingAlgorithm: { name: 'RSA-PSS', hash: 'SHA-512', saltLength: 64 } as webcrypto.Algorithm };
}

export class Authority {
  readonly name: x509.Name;
  readonly keys: KeyPair;
  readonly style: SignatureStyle;
  readonly certificate: x509.X509Certificate;
  readonly parent: Authority | undefined;
  readonly now: Date;

  constructor(request: AuthorityRequest, name: x509.Name, certificate: x509.X509Certificate) {
    this.name = name;
    this.keys = request.keys;
    this.style = request.style;
    this.parent = request.parent;
    this.now = request.now;
    this.certificate = certificate;
  }

  get pem(): string {
    return `${this.certificate.toString('pem')}\n`;
  }

  get der(): Buffer {
    return Buffer.from(this.certificate.rawData);
  }

  /** The intermediates from this one up, without the root: what a server sends after its leaf. */
  get chainPem(): string {
    return this.parent === undefined ? '' : this.pem + this.parent.chainPem;
  }

  /** Issues a leaf with the OIN as PrintableString in subject.serialNumber (PKI001). */
  async issue(request: LeafRequest, keys: KeyPair): Promise<DevIdentity> {
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: request.serial ?? newSerial(),
      subject: leafName(request),
      issuer: this.name,
      notBefore: request.notBefore ?? new Date(this.now.getTime() - DAY_MS),
      notAfter: request.notAfter ?? new Date(this.now.getTime() + LEAF_DAYS * DAY_MS),
      publicKey: keys.publicKey,
      ...(await signing(this)),
      extensions: await leafExtensions(request, keys, this),
    });
    return identity(certificate, keys, this.chainPem);
  }

  async crl(request: CrlRequest): Promise<Buffer> {
    const crl = await x509.X509CrlGenerator.create({
      issuer: this.name,
      thisUpdate: request.thisUpdate,
      nextUpdate: request.nextUpdate,
      entries: request.serials.map((serialNumber) => ({ serialNumber, revocationDate: request.thisUpdate })),
      ...(await signing(this)),
      extensions: [await x509.AuthorityKeyIdentifierExtension.create(this.keys.publicKey)],
    });
    return Buffer.from(crl.rawData);
  }
}

/** A certificate that vouches for itself and is no authority. */
export async function selfSigned(request: LeafRequest, keys: KeyPair, now: Date): Promise<DevIdentity> {
  const name = leafName(request);
  const signer: Signer & { name: x509.Name } = { keys, style: 'pkcs1', name };
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: name,
    issuer: name,
    notBefore: new Date(now.getTime() - DAY_MS),
    notAfter: new Date(now.getTime() + LEAF_DAYS * DAY_MS),
    publicKey: keys.publicKey,
    ...(await signing(signer)),
    extensions: await leafExtensions(request, keys, signer),
  });
  return identity(certificate, keys, '');
}

function leafName(request: LeafRequest): x509.Name {
  return new x509.Name([
    { C: ['NL'] },
    { O: [request.commonName] },
    { CN: [request.commonName] },
    ...(request.oin === undefined ? [] : [{ '2.5.4.5': [{ printableString: request.oin }] }]),
  ]);
}

async function leafExtensions(request: LeafRequest, keys: KeyPair, issuer: Signer): Promise<x509.Extension[]> {
  const forSigning = request.purpose === 'signing';
  const usage = request.extendedKeyUsage ?? (forSigning ? [EKU.documentSigning] : TLS_USAGE);
  const names = [
    ...(request.dnsNames ?? []).map((value) => ({ type: 'dns' as const, value })),
    ...(request.ipAddresses ?? []).map((value) => ({ type: 'ip' as const, value })),
  ];
  const { digitalSignature, keyEncipherment, nonRepudiation } = x509.KeyUsageFlags;
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(digitalSignature | (forSigning ? nonRepudiation : keyEncipherment), true),
    ...(usage.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension([...usage])]),
    ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
    await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    await x509.AuthorityKeyIdentifierExtension.create(issuer.keys.publicKey),
  ];
}

async function identity(certificate: x509.X509Certificate, keys: KeyPair, chainPem: string): Promise<DevIdentity> {
  const certificatePem = `${certificate.toString('pem')}\n`;
  const certificateDer = Buffer.from(certificate.rawData);
  return {
    keyPem: await privateKeyPem(keys),
    certificatePem,
    chainPem: certificatePem + chainPem,
    certificateDer,
    fingerprint: createHash('sha256').update(certificateDer).digest('hex'),
    serial: certificate.serialNumber.toUpperCase(),
  };
}
