// Who sent it and what the signature proves: peer, presence, validity, methods, coverage.

import type { ReceiveFacts } from '../decision.ts';
import { finding } from '../errors.ts';
import { manifestCids } from '../manifest.ts';
import type { Check } from './rule.ts';

const SIGNATURE = '//Header/Signature';

/** Whether the TLS peer may speak for the From party: its own OIN, or one with a mandate (DK-027). */
export function peerMaySpeak({ peer, policy, message }: Pick<ReceiveFacts, 'peer' | 'policy' | 'message'>): boolean {
  if (!policy.peerRequired) return true;
  const oin = peer?.oin;
  if (oin === undefined) return false;
  return message.header.from.partyIds.some(
    (id) => withoutSuffix(id.value) === oin || (policy.mandates.get(id.value) ?? []).includes(oin),
  );
}

/** Under no agreement with us, or not who the message says: what such a one sends must cost us little (OPS-7). */
export const isStranger = (facts: Pick<ReceiveFacts, 'back' | 'peer' | 'policy' | 'message'>): boolean =>
  facts.back === undefined || !peerMaySpeak(facts);

/** Outside production a PartyId may carry an environment suffix that the certificate does not (DK-026). */
export const withoutSuffix = (partyId: string): string => partyId.replace(/_[OTA]{1,3}$/, '');

export const peerIsFrom: Check = (facts) =>
  peerMaySpeak(facts)
    ? undefined
    : finding(
        'SecurityFailure',
        '//Header/MessageHeader/From/PartyId',
        'the client certificate is not of the From party',
        'R62',
      );

export const signaturePresent: Check = ({ exchange, signature }) =>
  exchange.ok && exchange.value.signing !== undefined && signature.kind === 'absent'
    ? finding('SecurityFailure', SIGNATURE, 'the CPA demands a signature', 'R62')
    : undefined;

export const signatureValid: Check = ({ exchange, signature }) =>
  exchange.ok && signature.kind === 'invalid'
    ? finding('SecurityFailure', SIGNATURE, signature.reason, 'R63')
    : undefined;

export const methodsAgreed: Check = ({ exchange, signature }) => {
  if (!exchange.ok || signature.kind !== 'valid' || exchange.value.signing === undefined) return undefined;
  const { hashFunction, signatureAlgorithm } = exchange.value.signing;
  const issues = [];
  if (signature.signatureMethod !== signatureAlgorithm) {
    issues.push(
      finding('SecurityFailure', `${SIGNATURE}/SignedInfo/SignatureMethod/@Algorithm`, 'differs from the CPA', 'R52'),
    );
  }
  if (signature.digestMethods.some((method) => method !== hashFunction)) {
    issues.push(
      finding(
        'SecurityFailure',
        `${SIGNATURE}/SignedInfo/Reference/DigestMethod/@Algorithm`,
        'differs from the CPA',
        'R52',
      ),
    );
  }
  return issues;
};

/** A part outside the signature could be anybody's (R58, row 137). */
export const everythingCovered: Check = ({ message, signature }) => {
  if (signature.kind !== 'valid') return undefined;
  const covered = new Set(signature.coveredParts);
  return manifestCids(message)
    .filter((cid) => !covered.has(cid))
    .map((cid) => finding('SecurityFailure', `cid:${cid}`, 'is not covered by the signature', 'R58'));
};

/** Payload encryption is outside this version: what cannot be checked is not passed (house rule 8, DK-078). */
export const notEncrypted: Check = ({ exchange }) =>
  exchange.ok && exchange.value.encrypted
    ? finding(
        'SecurityFailure',
        '//Body/Manifest',
        'the CPA demands encrypted payloads, which this gateway cannot decrypt',
        'R64',
      )
    : undefined;
