// The Certificate elements of a party: DER bytes with their fingerprint, or what is wrong with them (C16, row 81).
import { createHash } from 'node:crypto';
import { type Issue, NS } from '../base/index.ts';
import type { XmlElement } from '../xml/index.ts';
import { lineOf, token } from './elements.ts';
import { fault } from './structure.ts';
import type { AgreementCertificate } from './types.ts';

export interface ReadCertificates {
  readonly byId: ReadonlyMap<string, AgreementCertificate>;
  /** Why an id has no usable certificate, by certId; whether that is fatal depends on its use. */
  readonly unusable: ReadonlyMap<string, Issue>;
}

/** Reads the first X509Certificate of each KeyInfo (C16); line breaks and blanks in the base64 are accepted. */
export function readCertificates(elements: readonly XmlElement[]): ReadCertificates {
  const byId = new Map<string, AgreementCertificate>();
  const unusable = new Map<string, Issue>();
  for (const element of elements) {
    const certId = token(element, 'certId') ?? '';
    const der = derOf(element);
    if (typeof der === 'string') unusable.set(certId, fault(element, 'UnusableCertificate', der, 'C16'));
    else byId.set(certId, { certId, der, fingerprint: sha256Hex(der), ...lineOf(element) });
  }
  return { byId, unusable };
}

/** Lower-case hex SHA-256. */
export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function derOf(element: XmlElement): Uint8Array | string {
  const keyInfo = dsChildren(element, 'KeyInfo')[0];
  const x509 = dsChildren(keyInfo, 'X509Data').flatMap((data) => dsChildren(data, 'X509Certificate'))[0];
  if (x509 === undefined) {
    return dsChildren(keyInfo, 'KeyValue').length > 0
      ? 'bevat alleen een KeyValue, geen X509Certificate'
      : 'bevat geen X509Certificate';
  }
  const base64 = x509.text.replace(/[ \t\r\n]+/g, '');
  if (base64 === '') return 'X509Certificate is leeg';
  const der = Buffer.from(base64, 'base64');
  // A DER certificate is a SEQUENCE; what else it should be is seen when it is parsed (row 81).
  return der[0] === 0x30 ? new Uint8Array(der) : 'X509Certificate is geen certificaat';
}

function dsChildren(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element?.children.filter((child) => child.name === name && child.ns === NS.ds) ?? [];
}
