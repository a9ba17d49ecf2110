// Copies of a best-effort message that come before the first is handed over: each is, and then it is over (R109, row 52).
import { describe, expect, test } from '@jest/globals';
import { writeStuf } from '../../adapter/stuf/index.ts';
import { inbound } from '../fixtures/gateway.ts';
import { heen, openHub } from '../fixtures/hub.ts';
import { ownPairs, recordedPost } from '../fixtures/pair.ts';
import { OIN_A } from '../fixtures/pki.ts';
import { told } from '../fixtures/signal.ts';

const pair = ownPairs();
const LEASE_MS = 60_000;

describe('a best-effort message and two copies of it', () => {
  test('R109 row 52 in the inbox: offered and confirmed three times, then no more', async () => {
    const p = await pair({ profile: 'osb-be' });
    const post = await recordedPost(p);
    for (let i = 0; i < 3; i += 1) await p.b.gateway.receive(inbound(post.body, post.headers, OIN_A));
    const confirmed: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      for (const { id } of await p.b.gateway.offer(10, LEASE_MS)) confirmed.push(await p.b.gateway.confirm(id));
      p.clock.pass(LEASE_MS + 1);
    }
    expect(confirmed).toEqual(['confirmed', 'confirmed', 'confirmed']);
    expect(await p.received()).toMatchObject([{ state: 'delivered', jobs: [], copies: 2 }]);
  });

  test('R109 row 52 at the hub: handed over three times, forwarded once, then the worker rests', async () => {
    const rig = await openHub({ profile: 'osb-be' });
    try {
      rig.wire.faults.push(() => ({ kind: 'failed', reason: 'connect', detail: 'alleen opgenomen' }));
      await rig.submit(writeStuf(heen('WMO301')));
      await rig.a.work(1);
      const [post] = rig.wire.posts;
      if (post === undefined) throw new Error('nothing was posted');
      for (let i = 0; i < 3; i += 1) await rig.hub.gateway.receive(inbound(post.body, post.headers, OIN_A));
      expect(await rig.hub.work()).toBeLessThan(10);
      const [record, ...others] = (await rig.hub.store.search({ direction: 'in' }, { limit: 10 })).messages;
      expect(others).toEqual([]);
      expect(record).toMatchObject({ state: 'delivered', jobs: [], attempts: 3, copies: 2 });
      expect(told(rig.hub).filter((event) => event === 'message.forwarded')).not.toEqual([]);
      expect((await rig.hub.store.search({ direction: 'out' }, { limit: 10 })).messages).toHaveLength(1);
    } finally {
      await rig.close();
    }
  });

  test('OPS-7 R109 row 52 three hundred copies: ten hand-overs wait, the others are counted, and no copy costs more than the first', async () => {
    const p = await pair({ profile: 'osb-be' });
    const post = await recordedPost(p);
    for (let i = 0; i < 300; i += 1) {
      expect((await p.b.gateway.receive(inbound(post.body, post.headers, OIN_A))).status).toBe(204);
    }
    const [record] = await p.received();
    expect(record?.jobs).toHaveLength(10);
    expect(record?.copies).toBe(299);
    expect(JSON.stringify(record).length).toBeLessThan(5000);
  });
});
