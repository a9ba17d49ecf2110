// Signs an envelope that is written canonically: no parse, no canonicalisation, the RSA operation off the event loop (D11).
import { createHash, sign as rsaSign } from 'node:crypto';
import { NS, type SignedDigest } from '../base/index.ts';
import { canonicalWriter, type Markup, readCanonical, subsetInside } from '../xml/index.ts';
import { C14N, DIGESTS, SIGNATURES } from './algorithms.ts';
import { envelopeOctets } from './octets.ts';
import { cidOf, embeddedReference } from './references.ts';
import type { SignatureMethods, SignedPart, SigningKey } from './types.ts';

export interface SignRequest {
  /** Canonical SOAP envelope without a Signature. */
  readonly envelope: string;
  readonly parts: readonly SignedPart[];
  readonly key: SigningKey;
  readonly methods: SignatureMethods;
}

export interface Signed {
  /** The envelope with the Signature as last child of the Header; canonical again. */
  readonly envelope: string;
  readonly references: readonly SignedDigest[];
}

const w = canonicalWriter({ SOAP: NS.soap, ds: NS.ds });

/** Throws when a method is not in the table: the CPA was checked for that at import (row 80). */
export async function signEnvelope({ envelope, parts, key, methods }: SignRequest): Promise<Signed> {
  const digest = DIGESTS[methods.digestMethod];
  const signature = SIGNATURES[methods.signatureMethod];
  if (digest === undefined || signature === undefined) {
    throw new Error(`cannot sign with ${methods.signatureMethod} and ${methods.digestMethod}`);
  }
  const xml = readCanonical(envelope);
  const header = xml?.root.children.find((element) => element.name === 'Header' && element.ns === NS.soap);
  if (xml === undefined || header === undefined)
    throw new Error('only a canonical SOAP envelope with a Header can be signed');
  const octets = envelopeOctets(xml, undefined, true, { kind: 'inclusive' }) ?? '';
  const signed = (uri: string, value: Buffer): SignedDigest => ({
    uri,
    digestMethod: methods.digestMethod,
    digestValue: value.toString('base64'),
  });
  const references = [signed('', createHash(digest.hash).update(octets, 'utf8').digest())];
  for (const part of parts) references.push(signed(cidOf(part.contentId), await part.digest(digest.hash)));
  const signedInfo = w.element(
    'ds:SignedInfo',
    {},
    w.element('ds:CanonicalizationMethod', { Algorithm: C14N }),
    w.element('ds:SignatureMethod', { Algorithm: methods.signatureMethod }),
    ...references.map(embeddedReference),
  );
  const value = await rsa(signature.hash, subsetInside(header, { ds: NS.ds }, signedInfo), key);
  const written = writeSignature(signedInfo, value, key.certificateDer);
  return { envelope: envelope.slice(0, header.innerEnd) + written + envelope.slice(header.innerEnd), references };
}

function writeSignature(signedInfo: Markup, value: string, certificateDer: Uint8Array): string {
  const certificate = w.leaf('ds:X509Certificate', {}, Buffer.from(certificateDer).toString('base64'));
  const keyInfo = w.element('ds:KeyInfo', {}, w.element('ds:X509Data', {}, certificate));
  const whole = w.root('ds:Signature', {}, signedInfo, w.leaf('ds:SignatureValue', {}, value), keyInfo);
  // SOAP is declared by the envelope around it, and canonical text declares nothing twice.
  return whole.replace(` xmlns:SOAP="${NS.soap}"`, '');
}

function rsa(hash: string, octets: string, key: SigningKey): Promise<string> {
  return new Promise((resolve, reject) => {
    rsaSign(hash, Buffer.from(octets, 'utf8'), key.privateKey, (error, value) => {
      if (error === null) resolve(value.toString('base64'));
      else reject(error);
    });
  });
}
