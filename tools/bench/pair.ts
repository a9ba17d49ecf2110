// Part pair: one gateway sends signed reliable messages of 20 kB to another, acknowledgments unsigned, both stores durable.
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HarnessParty, type Layout, layOut, routeTo } from '../harness/layout.ts';
import {
  callApi,
  cpuSeconds,
  type GatewayProcess,
  importCpas,
  metricOf,
  startGateway,
  stop,
  usage,
} from '../harness/processes.ts';
import { atMost, type Figure } from './figure.ts';
import { writeLetter } from './letter.ts';
import type { PartInput, PartOutput } from './part.ts';
import { contentFor, PAYLOAD_BYTES, sampleOfSize } from './sample.ts';
import { OINS, ONTVANGER_CODE, ZENDER_CODE } from './scene.ts';
import { countFigures } from './tally.ts';
import { warmFor } from './whole.ts';

const CPA_ID = 'METING_PAAR';
const WIDTH = 16;
const REST_MS = 60_000;
const PAGE = 1_000;
const MAX_CPU_MS = 2.5;
const ACKNOWLEDGED = 'dk_messages_total{direction="out",state="acknowledged"}';

export async function measurePair({ dir, seconds }: PartInput): Promise<PartOutput> {
  const layout = await layOut(join(dir, 'pair'), plan());
  acknowledgeUnsigned(layout);
  const running: GatewayProcess[] = [];
  try {
    for (const name of ['zender', 'ontvanger']) running.push(await startGateway(layout, name));
    const [zender, ontvanger] = running as [GatewayProcess, GatewayProcess];
    await importCpas(layout, 'zender');
    await importCpas(layout, 'ontvanger');
    await send(layout, zender, warmFor(seconds));
    const cpuBefore = running.map(({ child }) => cpuSeconds(child.pid) ?? Number.NaN);
    const { submitted, took } = await send(layout, zender, seconds);
    const messages = submitted.length;
    const cpuMs = running.map(
      ({ child }, at) => ((cpuSeconds(child.pid) ?? Number.NaN) - (cpuBefore[at] ?? 0)) * 1_000,
    );
    const [sending, receiving] = [zender, ontvanger].map(async (one, at) => endOf(one, (cpuMs[at] ?? 0) / messages));
    const counts = countAt(submitted, await receivedBy(layout, 'ontvanger'));
    const data = { ...counts, perSecond: messages / took, sending: await sending, receiving: await receiving };
    return { figures: [...figuresOf(data as PairData), ...countFigures([counts])], data };
  } finally {
    for (const { child } of running) await stop(child);
  }
}

interface EndData {
  readonly cpuMsPerMessage: number;
  readonly readyMs: number;
  readonly rssMb: number;
  readonly peakRssMb: number;
}

interface PairData {
  readonly perSecond: number;
  readonly sending: EndData;
  readonly receiving: EndData;
}

async function endOf(gateway: GatewayProcess, cpuMsPerMessage: number): Promise<EndData> {
  const { rssBytes, peakRssBytes } = await usage(gateway);
  return { cpuMsPerMessage, readyMs: gateway.readyMs, rssMb: rssBytes / 2 ** 20, peakRssMb: peakRssBytes / 2 ** 20 };
}

function plan() {
  const party = (name: 'zender' | 'ontvanger', organisatie: string): HarnessParty => ({
    name,
    oin: OINS[name],
    organisatie,
    gateway: true,
  });
  const [zender, ontvanger] = [party('zender', ZENDER_CODE), party('ontvanger', ONTVANGER_CODE)];
  const routes = [routeTo(zender, ontvanger, CPA_ID, '*')];
  return {
    parties: [{ ...zender, settings: { routes } }, ontvanger],
    cpas: [
      {
        cpaId: CPA_ID,
        parties: ['zender', 'ontvanger'] as const,
        profile: 'osb-rm-s' as const,
        syncReply: 'none' as const,
        retries: 8,
        retryInterval: 'PT10M',
      },
    ],
  };
}

/** A created CPA of a signed profile asks for signed acknowledgments; the peer was measured without. */
function acknowledgeUnsigned(layout: Layout): void {
  for (const { file } of layout.cpas) {
    const text = readFileSync(file, 'utf8');
    const unsigned = text.replaceAll('ackSignatureRequested="always"', 'ackSignatureRequested="never"');
    if (unsigned === text) throw new Error('the CPA of the pair asks for no signed acknowledgments');
    writeFileSync(file, unsigned);
  }
}

/** The MessageIds of all that came in, one for each message that the receiver keeps. */
async function receivedBy(layout: Layout, name: string): Promise<readonly string[]> {
  const messageIds: string[] = [];
  let cursor: string | undefined;
  do {
    const from = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const response = await callApi(layout, name, `/api/v1/messages?direction=in&limit=${PAGE}${from}`);
    if (response.status !== 200) throw new Error(`the receiver does not list: ${await response.text()}`);
    const page = (await response.json()) as { messages: { messageId: string }[]; next?: string };
    for (const { messageId } of page.messages) messageIds.push(messageId);
    cursor = page.next;
  } while (cursor !== undefined);
  return messageIds;
}

/** An acknowledgment is the receiver's word; what it keeps is the proof. */
export function countAt(submitted: readonly string[], received: readonly string[]) {
  const times = new Map<string, number>(submitted.map((messageId) => [messageId, 0]));
  for (const messageId of received) {
    const before = times.get(messageId);
    if (before !== undefined) times.set(messageId, before + 1);
  }
  const arrived = [...times.values()].filter((count) => count > 0);
  return {
    messages: arrived.length,
    missing: submitted.length - arrived.length,
    doubled: arrived.reduce((sum, count) => sum + count - 1, 0),
  };
}

/** Submits for so long, and waits until all of it is acknowledged. */
async function send(layout: Layout, zender: GatewayProcess, seconds: number) {
  const payload = sampleOfSize(contentFor(PAYLOAD_BYTES));
  const before = (await metricOf(zender, ACKNOWLEDGED)) ?? 0;
  const startedAt = performance.now();
  const submitted: string[] = [];
  const next = async (): Promise<void> => {
    while (performance.now() - startedAt < seconds * 1_000) {
      submitted.push(await submit(layout, payload));
    }
  };
  await Promise.all(Array.from({ length: WIDTH }, next));
  const until = performance.now() + REST_MS;
  while (((await metricOf(zender, ACKNOWLEDGED)) ?? 0) - before < submitted.length) {
    if (performance.now() > until) throw new Error('the pair does not acknowledge all that was submitted');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { submitted, took: (performance.now() - startedAt) / 1_000 };
}

/** Its MessageId. */
async function submit(layout: Layout, payload: Uint8Array): Promise<string> {
  const letter = { payload, referentienummer: randomUUID(), zender: ZENDER_CODE, ontvanger: ONTVANGER_CODE };
  const response = await callApi(layout, 'zender', '/api/v1/messages', {
    method: 'POST',
    body: writeLetter(letter),
    headers: { 'content-type': 'application/xml' },
  });
  if (response.status !== 202) throw new Error(`the sender refuses: ${await response.text()}`);
  return ((await response.json()) as { messageId: string }).messageId;
}

function figuresOf({ perSecond, sending, receiving }: PairData): Figure[] {
  const cpu = sending.cpuMsPerMessage + receiving.cpuMsPerMessage;
  const split = `zender ${sending.cpuMsPerMessage.toFixed(2)}, ontvanger ${receiving.cpuMsPerMessage.toFixed(2)}; ander product: 39–62`;
  return [
    { name: 'berichten', value: perSecond, unit: '/s', note: 'ander product: 28–42/s' },
    { name: 'CPU beide kanten', value: cpu, unit: 'ms per bericht', bar: atMost(MAX_CPU_MS), note: split },
    { name: 'klaar', value: Math.max(sending.readyMs, receiving.readyMs), unit: 'ms', note: 'ander product: 6–8 s' },
    {
      name: 'piek-RSS per proces',
      value: Math.max(sending.peakRssMb, receiving.peakRssMb),
      unit: 'MB',
      note: 'ander product: 930–1300 MB',
    },
  ];
}
