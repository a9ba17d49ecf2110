// An end of the bench against a hub that does not take everything at once: what it counts, and from when.
import { readFileSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readCanonical, readXml } from '../../adapter/xml/index.ts';
import { End, type EndReport } from '../../tools/bench/end.ts';
import { ONE_IN } from '../../tools/bench/sampled.ts';
import { hubPlan, ONTVANGER_CODE, ZENDER_CODE } from '../../tools/bench/scene.ts';
import { spaced } from '../../tools/bench/spaced.ts';
import { type Layout, layOut, placeOf } from '../../tools/harness/layout.ts';

let dir: string;
let layout: Layout;
let hub: Server;
let end: End;
/** Statuses for the next requests; 200 with an acknowledgment afterwards. */
let statuses: number[] = [];
let bodies: string[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bench-end-'));
  layout = await layOut(dir, hubPlan({ dir, sync: true }));
  const { certs, port } = placeOf(layout.places, 'hub');
  const [key, cert] = ['tls.key', 'tls.crt'].map((name) => readFileSync(join(certs, name)));
  hub = createServer({ key, cert }, async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk as Uint8Array);
    const body = Buffer.concat(chunks).toString('latin1');
    bodies.push(body);
    const messageId = /:MessageId>([^<]+)</.exec(body)?.[1];
    const text = `<a>Acknowledgment</a><a><x:SignatureValue></x:SignatureValue><x:RefToMessageId>${messageId}</x:RefToMessageId></a>`;
    response.writeHead(statuses.shift() ?? 200).end(text);
  });
  await new Promise<void>((resolve) => hub.listen(port, '127.0.0.1', resolve));
  const codes = { zender: ZENDER_CODE, ontvanger: ONTVANGER_CODE };
  end = new End({ layout, name: 'zender', peer: 'hub', cpaId: 'METING_ZENDER', ...codes, sync: true, spaced: false });
  await end.listen();
}, 60_000);

afterAll(async () => {
  await end.close();
  hub.closeAllConnections();
  await new Promise((resolve) => hub.close(resolve));
  rmSync(dir, { recursive: true, force: true });
});

async function sendOne(...answers: number[]): Promise<EndReport> {
  statuses = answers;
  bodies = [];
  await end.sendOne();
  return end.takeReport();
}

test('what is taken at once is acknowledged under its referentienummer', async () => {
  const { acknowledged, givenUp, refused, ackMs } = await sendOne();
  expect(bodies).toHaveLength(1);
  expect(bodies[0]).toContain(acknowledged[0] ?? 'nothing acknowledged');
  expect({ acknowledged: acknowledged.length, givenUp, refused, ackMs: ackMs.length }).toEqual({
    acknowledged: 1,
    givenUp: [],
    refused: 0,
    ackMs: 1,
  });
});

test('503 is counted, the same octets go again, and the waiting counts from the first attempt', async () => {
  const { acknowledged, givenUp, refused, ackMs } = await sendOne(503, 503);
  expect(new Set(bodies).size).toBe(1);
  expect({ attempts: bodies.length, acknowledged: acknowledged.length, givenUp, refused }).toEqual({
    attempts: 3,
    acknowledged: 1,
    givenUp: [],
    refused: 2,
  });
  // Two pauses of 100 ms lie between the attempts; a timer may be a millisecond early.
  expect(ackMs[0]).toBeGreaterThanOrEqual(198);
});

test('XML with a space more says the same, and is not canonical as it stands', () => {
  const envelope = '<a xmlns="urn:a"><b c="d">e</b></a>';
  const canonical = readXml(Buffer.from(envelope));
  const other = spaced(envelope);
  expect(readCanonical(envelope)).toBeDefined();
  expect(readCanonical(other)).toBeUndefined();
  expect(readXml(Buffer.from(other))).toEqual(canonical);
  expect(spaced(`<?xml version="1.0"?>${envelope}`)).toBe(`<?xml version="1.0"?>${other}`);
});

test('what is refused for good is given up and leaves no waiting time', async () => {
  const { acknowledged, givenUp, refused, ackMs } = await sendOne(400);
  expect({ attempts: bodies.length, acknowledged, givenUp: givenUp.length, refused, ackMs }).toEqual({
    attempts: 1,
    acknowledged: [],
    givenUp: 1,
    refused: 1,
    ackMs: [],
  });
});

test('a hub that signs rubbish is seen in the first signature of every fifty', async () => {
  await end.takeReport();
  for (let time = 0; time < 2 * ONE_IN; time += 1) await end.sendOne();
  const { acknowledged, checked, wrongSignatures } = await end.takeReport();
  expect({ acknowledged: acknowledged.length, checked, wrongSignatures }).toEqual({
    acknowledged: 2 * ONE_IN,
    checked: 2,
    wrongSignatures: 2,
  });
});
