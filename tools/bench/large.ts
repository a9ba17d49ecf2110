// Part large: envelopes of 25 MB through the hub, one and then eight at once: peak memory, and how long the event loop hangs.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { usage } from '../harness/processes.ts';
import { type LoopDelay, loopDelay } from './delay.ts';
import { atMost, type Figure } from './figure.ts';
import { atRest, loadHub } from './load.ts';
import type { PartInput, PartOutput } from './part.ts';
import { contentFor, sampleOfSize } from './sample.ts';
import { type HubScene, openHub } from './scene.ts';
import { type Tally, tally, wrongFigures } from './tally.ts';

const LARGE_BYTES = 25_000_000;
const AT_ONCE = 8;
const MAX_RSS_MB = 350;
const MAX_LAG_MS = 30;

interface Passing extends Tally, LoopDelay {
  readonly seconds: number;
  readonly peakRssMb: number;
}

export async function measureLarge({ dir }: PartInput): Promise<PartOutput> {
  const folder = join(dir, 'large');
  const scene = await openHub({ dir: folder, sync: false });
  try {
    mkdirSync(folder, { recursive: true });
    const payload = join(folder, 'groot.xml');
    writeFileSync(payload, sampleOfSize(contentFor(LARGE_BYTES)));
    await loadHub(scene, { seconds: 2, width: 8, warmSeconds: 0 });
    const one = await pass(scene, payload, 1);
    const eight = await pass(scene, payload, AT_ONCE);
    const data = { bytes: LARGE_BYTES, one, eight };
    return { figures: figuresOf(data), data };
  } finally {
    await scene.stop();
  }
}

async function pass(scene: HubScene, payload: string, times: number): Promise<Passing> {
  await usage(scene.hub);
  const startedAt = performance.now();
  await scene.sender.order({ do: 'sendLarge', payload, times, width: times });
  const sent = await scene.sender.report();
  const arrivals = await atRest(scene, sent.acknowledged);
  const seconds = (performance.now() - startedAt) / 1_000;
  const delay = await loopDelay(scene.hub);
  const { peakRssBytes } = await usage(scene.hub);
  return { seconds, ...tally(sent, arrivals), ...delay, peakRssMb: peakRssBytes / 2 ** 20 };
}

function figuresOf({ one, eight }: { readonly one: Passing; readonly eight: Passing }): Figure[] {
  return [
    { name: 'één: tijd tot doorgestuurd', value: one.seconds, unit: 's' },
    { name: 'één: gebeurtenislus p99', value: one.eventLoopP99Ms, unit: 'ms', bar: atMost(MAX_LAG_MS), note: LAG },
    { name: 'één: gebeurtenislus langste', value: one.eventLoopMaxMs, unit: 'ms', note: LAG },
    { name: 'acht: tijd tot doorgestuurd', value: eight.seconds, unit: 's', note: `${eight.messages} aangekomen` },
    { name: 'acht: gebeurtenislus p99', value: eight.eventLoopP99Ms, unit: 'ms', note: LAG },
    { name: 'acht: gebeurtenislus langste', value: eight.eventLoopMaxMs, unit: 'ms', note: LAG },
    {
      name: 'acht: piek-RSS hub',
      value: eight.peakRssMb,
      unit: 'MB',
      bar: atMost(MAX_RSS_MB),
      note: 'hoogste stand sinds de start',
    },
    ...wrongFigures([one, eight]),
  ];
}

const LAG = 'gemeten om de 10 ms, die meetellen';
