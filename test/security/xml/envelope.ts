// The attacks that any document can carry, on the SOAP envelope.
import { type Attack, changed } from '../corpus.ts';
import type { DocumentAttack } from './document.ts';
import { DOCUMENT_ATTACKS } from './document-catalogue.ts';

const onEnvelope = ({ name, build, verdict, because }: DocumentAttack): Attack => ({
  name,
  // Without charset, so that the document alone says what it is; charset against document is told apart (row 113).
  build: changed((message, canary) => ({
    ...message,
    rootType: 'text/xml',
    octets: build({ text: message.envelope, before: '</SOAP:Header>' }, canary),
  })),
  expected: verdict === 'harmless' ? 'ack' : 'fault Client',
  ...(because === undefined ? {} : { because }),
});

export const ENVELOPE_ATTACKS: readonly Attack[] = DOCUMENT_ATTACKS.map(onEnvelope);
