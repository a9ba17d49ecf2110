// What /metrics says of a gateway at work: how long Acknowledgments let wait, and how long its CPAs last.
import { describe, expect, test } from '@jest/globals';
import { housekeep } from '../../adapter/gateway/index.ts';
import { inbound, testCpa } from '../fixtures/gateway.ts';
import { type Pair, testPair } from '../fixtures/pair.ts';
import { OIN_B } from '../fixtures/pki.ts';

async function samples({ context }: Pair['a'], name: string): Promise<readonly string[]> {
  return (await context.observer.metricsText()).split('\n').filter((line) => line.startsWith(name));
}

describe('dk_ack_wait_seconds counts from the acceptance of our message to its Acknowledgment', () => {
  test.each(['none', 'mshSignalsOnly'] as const)('row 11 R94 SyncReply %s', async (syncReply) => {
    const p = await testPair({ syncReply });
    const sum = async (): Promise<readonly string[]> => [
      ...(await samples(p.a, 'dk_ack_wait_seconds_count')),
      ...(await samples(p.a, 'dk_ack_wait_seconds_sum')),
    ];
    await p.submit();
    expect(await sum()).toEqual(['dk_ack_wait_seconds_count 0', 'dk_ack_wait_seconds_sum 0']);
    p.clock.pass(7_000);
    await p.settle();
    expect(await sum()).toEqual(['dk_ack_wait_seconds_count 1', 'dk_ack_wait_seconds_sum 7']);
    expect(await samples(p.b, 'dk_ack_wait_seconds_count')).toEqual(['dk_ack_wait_seconds_count 0']);
    await p.close();
  });

  test('R94 a second Acknowledgment of the same message counts nothing', async () => {
    const p = await testPair({ syncReply: 'none' });
    await p.submit();
    await p.settle();
    const ack = p.wire.posts.at(-1);
    if (ack === undefined) throw new Error('nothing was acknowledged');
    await p.a.gateway.receive(inbound(ack.body, ack.headers, OIN_B));
    expect(await samples(p.a, 'dk_ack_wait_seconds_count')).toEqual(['dk_ack_wait_seconds_count 1']);
    await p.close();
  });
});

describe('row 61 dk_agreement_days', () => {
  test('shows a CPA from its import, and no longer than it is there; who removed it is in the log and in the notes', async () => {
    const p = await testPair();
    await housekeep(p.a.context);
    const [first] = await samples(p.a, 'dk_agreement_days{');
    expect(first).toMatch(/^dk_agreement_days\{name="TEST_A_B"\} \d+$/);
    const xml = Buffer.from(await testCpa({ cpaId: 'TEST_A_B_2' }));
    await p.a.gateway.importCpa(xml, { by: 'beheer' });
    expect(await samples(p.a, 'dk_agreement_days{')).toHaveLength(2);
    expect(await p.a.gateway.removeCpa('TEST_A_B', 'beheer')).toBe(true);
    expect(await samples(p.a, 'dk_agreement_days{')).toEqual([expect.stringContaining('{name="TEST_A_B_2"}')]);
    expect(p.a.events.filter(({ event }) => event === 'cpa.removed').map(({ fields }) => fields)).toEqual([
      { cpaId: 'TEST_A_B', detail: 'beheer' },
    ]);
    expect(await p.a.gateway.notes(1)).toEqual([expect.objectContaining({ detail: 'TEST_A_B, door beheer' })]);
    expect(await p.a.gateway.removeCpa('TEST_A_B', 'beheer')).toBe(false);
    await p.close();
  });
});
