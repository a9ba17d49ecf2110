// Random walks: whatever was committed, claimed, noted and purged, the store holds what a plain map says it must hold.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { BlobRef, Job, JobKind, MessageRecord, StagedBlob } from '../../adapter/msh/change.ts';
import { BlobDamaged, type OpenedStore, openStore } from '../../adapter/store/index.ts';
import { changed, ENVELOPE, entry, inline, inserted, job, NOW, record, refOf } from './record.ts';

const KINDS: readonly JobKind[] = ['transmit', 'answer', 'deliver', 'notify'];
const BODIES: readonly StagedBlob[] = ['a', 'b', 'c', 'd'].map((text) => inline(`body ${text}`));
const LEASE = 10;

interface Known {
  readonly message: MessageRecord;
  readonly version: number;
  readonly due: ReadonlyMap<JobKind, number>;
  readonly evidence: readonly BlobRef[];
  readonly entries: number;
}

const small = fc.nat({ max: 3 });
const step = fc.record({
  what: fc.constantFrom('commit', 'stale', 'claim', 'note', 'purge', 'wait'),
  id: small,
  bodies: fc.subarray([0, 1, 2, 3]),
  evidence: fc.option(small, { nil: undefined }),
  jobs: fc.subarray([...KINDS]),
  delay: fc.nat({ max: 15 }),
  keep: fc.nat({ max: 40 }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** The store's promises as a map; each step is made on both and what is told must agree. */
class Model {
  readonly records = new Map<string, Known>();
  readonly notes: BlobRef[] = [];
  now = NOW;
  readonly store: OpenedStore;

  constructor(store: OpenedStore) {
    this.store = store;
  }

  async take(one: Step): Promise<void> {
    if (one.what === 'wait') this.now += one.delay;
    else if (one.what === 'note') await this.note(one);
    else if (one.what === 'claim') await this.claim(one);
    else if (one.what === 'purge') await this.purge();
    else await this.commit(one, one.what === 'stale' ? 1 : 0);
  }

  async commit(one: Step, behind: number): Promise<void> {
    const message = this.messageOf(one);
    const known = this.records.get(message.id);
    const evidence = bodyAt(one.evidence);
    const journal = [entry('step', evidence === undefined ? {} : { evidence: refOf(evidence) })];
    const blobs = [ENVELOPE, ...BODIES];
    const staged = blobs.filter((blob) => [...refsOf(message), ...(evidence ? [evidence] : [])].some(same(blob)));
    const version = (known?.version ?? 9) - behind;
    const change =
      known === undefined && behind === 0
        ? inserted(message, { journal, blobs: staged })
        : changed(version, message, { journal, blobs: staged });
    const expected = known === undefined ? behind === 0 : behind === 0;
    expect(await this.store.commit(change)).toBe(expected ? 'ok' : 'conflict');
    if (!expected) return;
    this.records.set(message.id, {
      message,
      version: (known?.version ?? 0) + 1,
      due: dueOf(message.jobs),
      evidence: [...(known?.evidence ?? []), ...(evidence === undefined ? [] : [evidence])],
      entries: (known?.entries ?? 0) + 1,
    });
  }

  async claim({ jobs }: Step): Promise<void> {
    const claimed = await this.store.claim(jobs, this.now, LEASE, 10);
    const isDue = ({ due }: Known): boolean => jobs.some((kind) => (due.get(kind) ?? Infinity) <= this.now);
    const expected = [...this.records.values()].filter(isDue);
    expect(claimed.map(({ id, version }) => [id, version]).sort()).toEqual(
      expected.map(({ message, version }) => [message.id, version + 1]).sort(),
    );
    for (const known of expected) {
      const due = new Map(known.due);
      for (const kind of jobs) if (due.has(kind)) due.set(kind, Math.max(due.get(kind) ?? 0, this.now + LEASE));
      this.records.set(known.message.id, { ...known, version: known.version + 1, due });
    }
  }

  async note({ evidence }: Step): Promise<void> {
    const blob = bodyAt(evidence);
    await this.store.note({ at: this.now, event: 'x', detail: 'y', ...(blob === undefined ? {} : { evidence: blob }) });
    if (blob !== undefined) this.notes.push(blob);
  }

  async purge(): Promise<void> {
    const over = [...this.records.values()].filter(({ message }) => message.keepUntil < this.now && !message.jobs[0]);
    expect(await this.store.purge(this.now, 100)).toBe(over.length);
    for (const { message } of over) this.records.delete(message.id);
  }

  /** Every record, its journal and the blobs that something names are there; other blobs are gone. */
  async check(): Promise<void> {
    for (const { message, version, entries } of this.records.values()) {
      expect(await this.store.load([message.id])).toEqual([{ ...message, version }]);
      expect(await this.store.journal(message.id)).toHaveLength(entries);
    }
    const records = [...this.records.values()].flatMap(({ message, evidence }) => [...refsOf(message), ...evidence]);
    const named = [...records, ...this.notes];
    for (const blob of [ENVELOPE, ...BODIES]) {
      const found = await this.store.blobs.read(refOf(blob)).catch((error: unknown) => error);
      if (named.some(same(blob))) expect(Buffer.from(found as Uint8Array)).toEqual(Buffer.from(blob.inline ?? []));
      else expect(found).toBeInstanceOf(BlobDamaged);
    }
  }

  messageOf({ id, bodies, jobs, delay, keep }: Step): MessageRecord {
    const parts = bodies
      .flatMap((i) => bodyAt(i) ?? [])
      .map((blob) => ({ contentId: 'c', contentType: 't', blob: refOf(blob) }));
    const open = jobs.map((kind, i) => job(kind, this.now + delay + i));
    return record(`m${id}`, { parts, jobs: open, keepUntil: NOW + keep });
  }
}

const bodyAt = (i: number | undefined): StagedBlob | undefined => (i === undefined ? undefined : BODIES[i]);
const same = (one: BlobRef) => (other: BlobRef) => one.sha256 === other.sha256;
const refsOf = (message: MessageRecord): readonly BlobRef[] => [
  message.envelope,
  ...message.parts.map((part) => part.blob),
];
const dueOf = (jobs: readonly Job[]): ReadonlyMap<JobKind, number> => new Map(jobs.map((one) => [one.kind, one.runAt]));

test('D1 row 12 row 25 in 150 random walks the store tells and keeps what the model says', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
      const model = new Model(await openStore('sqlite::memory:'));
      try {
        for (const one of steps) await model.take(one);
        await model.check();
      } finally {
        await model.store.close();
      }
    }),
    { numRuns: 150 },
  );
});
