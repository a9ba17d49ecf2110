// What refused messages of one partner leave on a real disk is no more than its share, whatever they are made large with (OPS-7).
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createEvidenceShares } from '../../adapter/gateway/index.ts';
import { openStore } from '../../adapter/store/index.ts';
import { type Change, giveTo, inBody, requestOf, withPart } from '../fixtures/changed.ts';
import { ownPairs } from '../fixtures/pair.ts';

const pair = ownPairs();
const SHARE = 2_000_000;
const refused = inBody(/<eb:TimeToLive>[^<]*</, '<eb:TimeToLive>2001-01-01T00:00:00Z<');

async function bytesIn(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(files.map(async (file) => stat(join(folder, file))));
  return sizes.reduce((sum, one) => sum + (one.isFile() ? one.size : 0), 0);
}

/** The disk of a partner's counterpart after so many of its refused messages, and how many of them left nothing. */
async function afterRefusals(change: Change, times: number): Promise<{ bytes: number; dropped: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'dk-evidence-'));
  try {
    const store = await openStore(`sqlite:${folder}`);
    const before = await bytesIn(folder);
    const evidence = createEvidenceShares({ strangers: 0, partner: SHARE });
    const p = await pair(
      { profile: 'osb-rm', syncReply: 'mshSignalsOnly' },
      { b: { store, blobs: store.blobs, evidence } },
    );
    const request = await requestOf(p);
    for (let i = 0; i < times; i += 1) {
      const numbered = inBody(/<eb:MessageId>[^<]*</, `<eb:MessageId>${i}@test<`);
      const { text } = await giveTo(p, change(refused(numbered(request))));
      expect(text).toContain('MessageError');
    }
    const dropped = p.b.events.filter(({ event }) => event === 'evidence.dropped').length;
    await store.close();
    return { bytes: (await bytesIn(folder)) - before, dropped };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const conversation = (text: string): Change => inBody(/<eb:ConversationId>[^<]*</, `<eb:ConversationId>${text}<`);
const parts: Change = (request) =>
  Array.from(
    { length: 20 },
    (_, i) => `Content-Type: text/plain; name="${'n'.repeat(30_000)}"\r\nContent-ID: <${i}@t>\r\n\r\nx`,
  ).reduce((made, part) => withPart(part)(made), request);

describe('the refused messages of one partner', () => {
  test.each([
    ['nothing', (request) => request, 300],
    ['an id', conversation('x'.repeat(300_000)), 10],
    ['an id that takes more octets to write than to read', conversation('>'.repeat(100_000)), 20],
    ['an id of many octets a character', conversation(Buffer.from('€'.repeat(100_000)).toString('latin1')), 15],
    ['the words of a finding', inBody(/xlink:href="[^"]*"/, `xlink:href="cid:${'x'.repeat(300_000)}"`), 15],
    ['headers of parts', parts, 20],
  ] satisfies [string, Change, number][])(
    'OPS-7 made large with %s: no more than its share is kept of them',
    async (_, change, times) => {
      const { bytes, dropped } = await afterRefusals(change, times);
      expect(dropped).toBeGreaterThan(0);
      expect(bytes).toBeGreaterThan(SHARE / 4);
      expect(bytes).toBeLessThan(SHARE * 1.1);
    },
  );
});
