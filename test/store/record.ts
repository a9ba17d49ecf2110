// Builders of records, changes and blobs for the store's tests.
import { createHash } from 'node:crypto';
import type {
  Change,
  Job,
  JobKind,
  JournalEntry,
  MessageRecord,
  RecordId,
  StagedBlob,
} from '../../adapter/msh/change.ts';
import type { OpenedStore } from '../../adapter/store/index.ts';

/** The store that a test of the contract is run on. */
export type Given = () => OpenedStore;

export const NOW = Date.UTC(2030, 0, 1, 10);

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export function inline(text: string | Uint8Array): StagedBlob {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  return { sha256: sha256(bytes), bytes: bytes.length, inline: bytes };
}

export const refOf = ({ sha256: digest, bytes }: StagedBlob) => ({ sha256: digest, bytes });

export function job(kind: JobKind, runAt: number, more: Partial<Job> = {}): Job {
  return { kind, key: kind, runAt, attempts: 0, attemptOpen: false, ...more };
}

export const ENVELOPE = inline('<envelope/>');

/** A received message; `id` is its MessageId too. */
export function record(id: string, more: Partial<MessageRecord> = {}): MessageRecord {
  return {
    id: `in|urn:osb:oin:00000001234567890000|${id}` as RecordId,
    direction: 'in',
    state: 'received',
    handover: 'collect',
    version: 0,
    cpaId: 'cpa-1',
    from: { partyIds: [{ value: '00000001234567890000', type: 'urn:osb:oin' }] },
    to: { partyIds: [{ value: '00000009876543210000', type: 'urn:osb:oin' }] },
    service: { value: 'urn:x:service' },
    action: 'ggk_Di01',
    conversationId: `conversation of ${id}`,
    messageId: id,
    timestamp: NOW,
    acceptedAt: NOW,
    changedAt: NOW,
    keepUntil: NOW + 1_000,
    terms: {
      ackRequested: true,
      ackSigned: true,
      duplicateElimination: true,
      syncReply: false,
      retries: 3,
      retryIntervalMs: 60_000,
      url: 'https://partner.example/ebms',
      peerOin: '00000001234567890000',
    },
    envelope: refOf(ENVELOPE),
    parts: [],
    fingerprint: 'f',
    copies: 0,
    jobs: [],
    ...more,
  };
}

export const entry = (event: string, more: Partial<JournalEntry> = {}): JournalEntry => ({
  at: NOW,
  event,
  state: 'received',
  ...more,
});

export function inserted(message: MessageRecord, more: Partial<Change> = {}): Change {
  return { expect: 'new', message, journal: [entry('accepted')], blobs: [ENVELOPE], ...more };
}

export function changed(expect: number, message: MessageRecord, more: Partial<Change> = {}): Change {
  return { expect, message, journal: [entry(`after ${expect}`)], blobs: [], ...more };
}

export const ids = (found: readonly MessageRecord[]): string[] => found.map((one) => one.messageId);
