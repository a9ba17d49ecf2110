// A gateway of the crash report: the product's own program between seams. Waits as a spare until it is told which one to be.

import { join } from 'node:path';
import { runProgram } from '../../adapter/run.ts';
import { breakStore, forgetSync } from './broken.ts';
import { FailPoint } from './fail-point.ts';
import { forgetFileSync, forgetSyncOf } from './file-sync.ts';
import type { Look, Order, Settings, Terms } from './orders.ts';
import { type Knobs, type Opened, seamsFor } from './seams.ts';
import { slowCommits } from './slow-commit.ts';
import { watchSockets } from './sockets.ts';
import { type SyncMark, startSyncMark, watchSynchronous } from './sync-mark.ts';

const settings = JSON.parse(process.env.DK_HARNESS ?? '') as Settings;
let syncMark: SyncMark | undefined;
let isSynced = (): boolean => false;
const fail = new FailPoint(join(settings.lastWords, String(process.pid)));
const knobs: Knobs = {
  fail,
  slowMs: 0,
  posts: 0,
  copyEvery: 0,
  lateRefused: 0,
  busyAnswers: 0,
  mostAtOnce: 0,
  onDurable: () => syncMark?.note(),
};
let commitMs = 0;
const opened: Opened = {};
const cutAll = watchSockets();

async function go(order: Extract<Order, { do: 'go' }>): Promise<void> {
  isSynced = watchSynchronous();
  slowCommits(() => commitMs);
  if (settings.broken === 'doesNotSync') forgetSync();
  const before = process.listenerCount('SIGINT');
  await runProgram(
    ['--config', order.config],
    seamsFor(knobs, opened, (store) => breakStore(store, settings.broken)),
  );
  for (const stop of process.listeners('SIGINT').slice(before)) process.off('SIGINT', stop);
  if (opened.store === undefined || process.exitCode !== undefined) throw new Error('the gateway did not start');
}

async function mark({ folder, file }: Extract<Order, { do: 'mark' }>): Promise<void> {
  syncMark?.end();
  syncMark = await startSyncMark(folder, file, isSynced);
  // After the watch, so that it hears nothing.
  if (settings.broken === 'doesNotSyncFiles') await forgetFileSync(file);
  // Where the folders of blobs get their names.
  if (settings.broken === 'doesNotSyncFolders') await forgetSyncOf([folder, join(folder, 'blobs')], file);
}

async function look(conversations: readonly string[]): Promise<Look> {
  const { store } = opened;
  if (store === undefined) throw new Error('no store yet');
  const { posts, lateRefused, busyAnswers, mostAtOnce } = knobs;
  const rows = await store.backlog(Number.MAX_SAFE_INTEGER);
  const count = (wanted: boolean): number =>
    rows.filter((row) => (row.kind === 'collect') === wanted).reduce((sum, row) => sum + row.ready, 0);
  const found = await Promise.all(
    conversations.map((conversationId) => store.search({ conversationId }, { limit: 100 })),
  );
  const records = found.flatMap(({ messages }) =>
    messages.map(({ id, direction, state }) => ({ id, direction, state })),
  );
  return { open: count(false), toCollect: count(true), posts, lateRefused, busyAnswers, mostAtOnce, records };
}

/** Messages that ask for no acknowledgment have none. */
async function termsUnder(cpaId: string): Promise<Terms[]> {
  const found = await opened.store?.search({ cpaId }, { limit: 50 });
  return (found?.messages ?? []).flatMap(({ terms: { retries, retryIntervalMs } }) =>
    retries === 0 ? [] : [{ retries, retryIntervalMs }],
  );
}

const realNow = Date.now;

async function obey(order: Order): Promise<unknown> {
  switch (order.do) {
    case 'go':
      return go(order);
    case 'mark':
      return mark(order);
    case 'unmark':
      syncMark?.end();
      syncMark = undefined;
      return undefined;
    case 'arm':
      return knobs.fail.arm(order.point, order.nth, order.freeze);
    case 'disarm':
      return knobs.fail.disarm();
    case 'terms':
      return termsUnder(order.cpaId);
    case 'look':
      return look(order.conversations);
    case 'sweep':
      return opened.store?.blobs.sweep(Number.MAX_SAFE_INTEGER);
    case 'clock':
      Date.now = () => realNow() + order.offsetMs;
      return undefined;
    case 'slow':
      if (order.where === 'commit') commitMs = order.ms;
      else knobs.slowMs = order.ms;
      return undefined;
    case 'cut':
      return cutAll();
    case 'copies':
      knobs.copyEvery = order.every;
      return undefined;
  }
}

process.on('message', ({ id, order }: { id: number; order: Order }) => {
  obey(order).then(
    (value) => process.send?.({ id, value }),
    (error: unknown) => process.send?.({ id, problem: error instanceof Error ? error.message : 'failed' }),
  );
});
process.on('disconnect', () => process.exit(0));
// Ctrl-C is for the harness, which ends its gateways itself.
process.on('SIGINT', () => undefined);
process.send?.({ id: 0 });
