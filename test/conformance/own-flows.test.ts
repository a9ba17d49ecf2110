// Flows that the project makes itself, so that these checks live in a clone without ../shared: the same checks as those of
// another product get, on messages that no writer and no canonicaliser of ours has touched.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { writeOwnFlows } from '../fixtures/own-flows.ts';
import { type Flow, recordingAt } from '../fixtures/peer-wire.ts';
import { expectInspected, expectRunning, runningVerdicts, signatureOf } from './check.ts';

const root = mkdtempSync(join(tmpdir(), 'own-flows-'));
await writeOwnFlows(root);
const recording = recordingAt(root);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const rows = (flows: readonly Flow[]) => flows.map((flow) => [flow.folder, flow.ours, flow] as const);
const named = (...names: readonly string[]) => recording.flows.filter(({ folder }) => names.includes(folder.slice(4)));

test('there is a flow of every kind', () => {
  expect(recording.flows.map(({ folder }) => folder)).toHaveLength(11);
});

test.each(rows(recording.flows))('R64 inspect: %s: %s', async (_folder, _ours, flow) =>
  expectInspected(recording, flow),
);

test.each(rows(recording.flows))('R142 R143 R145 a running gateway: %s: %s', async (_folder, _ours, flow) =>
  expectRunning(recording, flow),
);

describe('more than the index says', () => {
  test('row 46 R107 the copy gets the stored acknowledgment, octet for octet, and nothing is taken twice', async () => {
    const [flow] = named('duplicate');
    const [first, copy] = flow === undefined ? [] : await runningVerdicts(recording, flow, flow.exchanges);
    expect(first?.answer.kind).toBe('acknowledgment');
    expect(copy?.body.equals(first?.body ?? Buffer.alloc(0))).toBe(true);
    expect([first?.stored, copy?.stored]).toEqual([1, 1]);
  });

  test.each(rows(named('signed-inclusive', 'signed-exclusive', 'duplicate')))(
    'R50 R54 %s verifies',
    async (_folder, _ours, flow) => {
      const { xml, verdict } = await signatureOf(recording, flow, false);
      expect(verdict).toMatchObject({ kind: 'valid' });
      expect(xml.text).toContain('SignatureValue');
    },
  );

  test.each(rows(named('tampered-part', 'signature-invalid')))('R62 %s: %s', async (_folder, _ours, flow) => {
    expect((await signatureOf(recording, flow, false)).verdict.kind).toBe('invalid');
  });
});
