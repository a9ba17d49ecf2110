// What the parts are measured on: one signed message of 20 kB with its key, as an end would send it.
import { createHash, createPrivateKey } from 'node:crypto';
import { ACTOR, OIN_TYPE } from '../../adapter/base/index.ts';
import { type SignedPart, type SigningKey, signEnvelope } from '../../adapter/dsig/index.ts';
import { type EbmsMessage, writeMessage } from '../../adapter/ebms/index.ts';
import { makeDevPki } from '../certs/index.ts';
import { SERVICE } from '../harness/layout.ts';
import { METHODS, writeLetter } from './letter.ts';
import { contentFor, PAYLOAD_BYTES, sampleOfSize } from './sample.ts';

export interface Subject {
  readonly key: SigningKey;
  readonly part: SignedPart;
  readonly stuf: Buffer;
  /** Without and with its signature. */
  readonly envelope: string;
  readonly signed: string;
}

const OIN = '00000001999999810000';
const CONTENT_ID = 'deel-1@proef.test';

export async function makeSubject(): Promise<Subject> {
  const pki = await makeDevPki({ parties: [{ oin: OIN, name: 'meting' }] });
  const { keyPem, certificateDer } = pki.party('meting').signing;
  const key = { privateKey: createPrivateKey(keyPem), certificateDer };
  const stuf = writeLetter({
    payload: sampleOfSize(contentFor(PAYLOAD_BYTES)),
    referentienummer: '3f0d5a52-6a0c-4f0e-9d6b-2f6f1f6a0c11',
    zender: '9999',
    ontvanger: '99999901',
  });
  const part = { contentId: CONTENT_ID, digest: async (name: string) => createHash(name).update(stuf).digest() };
  const envelope = writeMessage(message());
  const { envelope: signed } = await signEnvelope({ envelope, parts: [part], key, methods: METHODS });
  return { key, part, stuf, envelope, signed };
}

function message(): EbmsMessage {
  const party = (value: string) => ({ partyIds: [{ value, type: OIN_TYPE }], role: 'meting' });
  const instant = Date.now();
  return {
    header: {
      version: '2.0',
      from: party(OIN),
      to: party('00000001999999820000'),
      cpaId: 'METING',
      conversationId: 'meting@proef.test',
      service: SERVICE,
      action: 'ggk_Di01',
      messageId: 'meting@proef.test',
      timestamp: { instant, zoned: true },
      timeToLive: { instant: instant + 3_600_000, zoned: true },
      duplicateElimination: true,
    },
    syncReply: false,
    ackRequested: [{ version: '2.0', signed: true, actor: ACTOR.toPartyMsh }],
    manifest: { version: '2.0', references: [{ href: `cid:${CONTENT_ID}` }] },
    signatures: 0,
  };
}
