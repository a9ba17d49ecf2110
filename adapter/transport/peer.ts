// From a proven certificate to the peer that the gateway sees.
import { type CertificateFacts, readCertificate } from './certificate.ts';
import type { Peer } from './types.ts';

export function peerOf(facts: CertificateFacts): Peer {
  const { oin, subject, fingerprint, serial, notAfter } = facts;
  return { oin, subject, fingerprint, serial, validTo: notAfter };
}

/** Reads a certificate as a peer without judging it; undefined when it cannot be read. */
export function readPeer(der: Uint8Array): Peer | undefined {
  const facts = readCertificate(der);
  return facts.ok ? peerOf(facts.value) : undefined;
}
