// Commits of realistic records to a durable store: one at a time, and many that share a group.
import { createHash, randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Change, RecordId } from '../../adapter/msh/index.ts';
import { type OpenedStore, openStore } from '../../adapter/store/index.ts';
import { OINS } from './scene.ts';

const AT_ONCE = 64;
const DAY_MS = 86_400_000;

export async function measureCommits(dir: string, ms: number) {
  const folder = join(dir, 'commits');
  rmSync(folder, { recursive: true, force: true });
  const store = await openStore(`sqlite:${folder}`);
  try {
    const commitSinglePerSecond = await commitRate(store, 1, ms);
    const before = store.stats();
    const commitGroupedPerSecond = await commitRate(store, AT_ONCE, ms);
    const after = store.stats();
    const writesPerGroup = (after.writes - before.writes) / (after.groups - before.groups);
    return { commitSinglePerSecond, commitGroupedPerSecond, writesPerGroup };
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function commitRate(store: OpenedStore, atOnce: number, ms: number): Promise<number> {
  const startedAt = performance.now();
  let count = 0;
  const next = async (): Promise<void> => {
    while (performance.now() - startedAt < ms) {
      const result = await store.commit(newMessage());
      if (result !== 'ok') throw new Error(`the store answers ${result} to a new record`);
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, next));
  return count / ((performance.now() - startedAt) / 1_000);
}

/** A received message with an envelope of 4 kB, a payload of 20 kB and an acknowledgment due. */
function newMessage(): Change {
  const messageId = `${randomUUID()}@proef.test`;
  const now = Date.now();
  const blob = (bytes: number) => {
    const inline = Buffer.alloc(bytes, messageId);
    return { sha256: createHash('sha256').update(inline).digest('hex'), bytes, inline };
  };
  const [envelope, payload] = [blob(4_000), blob(20_000)];
  const refOf = ({ sha256, bytes }: typeof envelope) => ({ sha256, bytes });
  const party = (value: string) => ({ partyIds: [{ value, type: 'urn:osb:oin' }] });
  return {
    expect: 'new',
    message: {
      id: `in|urn:osb:oin:${OINS.zender}|${messageId}` as RecordId,
      direction: 'in',
      state: 'received',
      handover: 'deliver',
      version: 0,
      cpaId: 'METING',
      from: party(OINS.zender),
      to: party(OINS.hub),
      service: { value: 'ggk:berichten:1', type: 'urn:osb:services' },
      action: 'ggk_Di01',
      conversationId: messageId,
      messageId,
      timestamp: now,
      acceptedAt: now,
      changedAt: now,
      keepUntil: now + 400 * DAY_MS,
      terms: {
        ackRequested: true,
        ackSigned: true,
        duplicateElimination: true,
        syncReply: false,
        retries: 8,
        retryIntervalMs: 600_000,
        url: 'https://partner.proef.test/ebms',
        peerOin: OINS.zender,
      },
      envelope: refOf(envelope),
      parts: [{ contentId: 'deel-1@proef.test', contentType: 'application/xml', blob: refOf(payload) }],
      fingerprint: envelope.sha256,
      copies: 0,
      jobs: [{ kind: 'deliver', key: 'deliver', runAt: now, attempts: 0, attemptOpen: false }],
    },
    journal: [{ at: now, event: 'message.accepted', state: 'received' }],
    blobs: [envelope, payload],
  };
}
