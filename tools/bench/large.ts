// Part large: envelopes of 25 MB through the hub, one at a time and then eight: peak memory, and how long the event loop hangs.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { usage } from '../harness/processes.ts';
import { type LoopDelay, loopDelay } from './delay.ts';
import { atMost, type Figure } from './figure.ts';
import { arrivalsOf, atRest, loadHub } from './load.ts';
import type { PartInput, PartOutput } from './part.ts';
import { contentFor, sampleOfSize } from './sample.ts';
import { type HubScene, openHub } from './scene.ts';
import { type Tally, tally, wrongFigures } from './tally.ts';

const LARGE_BYTES = 25_000_000;
const AT_ONCE = 8;
const MAX_RSS_MB = 350;
const MAX_LAG_MS = 30;

/** Passes of each kind: one of a second has too few measurements for a 99th percentile. */
const TIMES = 5;

interface Passing extends LoopDelay {
  readonly loads: readonly Tally[];
  /** Of each round, from its first attempt until all of it had arrived. */
  readonly seconds: readonly number[];
  /** Measurements of the event loop while the rounds went on. */
  readonly samples: number;
  readonly peakRssMb: number;
}

/** One and eight at a time. */
interface LargeData {
  readonly one: Passing;
  readonly eight: readonly Passing[];
}

export async function measureLarge({ dir }: PartInput): Promise<PartOutput> {
  const folder = join(dir, 'large');
  mkdirSync(folder, { recursive: true });
  const payload = join(folder, 'groot.xml');
  writeFileSync(payload, sampleOfSize(contentFor(LARGE_BYTES)));
  const canonical = await measureOne(join(folder, 'canoniek'), payload, false);
  const spaced = await measureOne(join(folder, 'anders'), payload, true);
  return {
    figures: [...figuresOf('', canonical), ...figuresOf('andere XML, ', spaced)],
    data: { bytes: LARGE_BYTES, ...canonical, spaced },
  };
}

async function measureOne(dir: string, payload: string, spaced: boolean): Promise<LargeData> {
  const scene = await openHub({ dir, sync: false, spaced });
  try {
    await loadHub(scene, { seconds: 2, width: 8, warmSeconds: 0 });
    const one = await pass(scene, payload, { width: 1, rounds: TIMES });
    // Each sealed anew before its window opens: five times eight of them is more than an end should hold.
    const eight: Passing[] = [];
    for (let time = 0; time < TIMES; time += 1) {
      eight.push(await pass(scene, payload, { width: AT_ONCE, rounds: 1 }));
    }
    return { one, eight };
  } finally {
    await scene.stop();
  }
}

interface Rounds {
  readonly width: number;
  readonly rounds: number;
}

/** All is sealed before the window opens, and the window closes with the last arrival. */
async function pass(scene: HubScene, payload: string, { width, rounds }: Rounds): Promise<Passing> {
  await scene.sender.order({ do: 'sealAhead', payload, times: width * rounds });
  await usage(scene.hub);
  const openedAt = performance.now();
  const loads: Tally[] = [];
  const seconds: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    await scene.sender.order({ do: 'sendSealed', times: width });
    const sent = await scene.sender.report();
    loads.push(tally(sent, await arrivalsOf(scene, sent.acknowledged, 0)));
    seconds.push((performance.now() - startedAt) / 1_000);
  }
  const delay = await loopDelay(scene.hub);
  const samples = Math.round((performance.now() - openedAt) / delay.eventLoopMeanMs);
  // What comes twice may come late.
  loads.push(tally(await scene.sender.report(), await atRest(scene, [])));
  const { peakRssBytes } = await usage(scene.hub);
  return { seconds, samples, loads, ...delay, peakRssMb: peakRssBytes / 2 ** 20 };
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

function figuresOf(what: string, { one, eight }: LargeData): Figure[] {
  const highest = (of: (passing: Passing) => number): number => Math.max(...eight.map(of));
  const ofOne = `${one.samples} metingen om de 10 ms, die meetellen`;
  const ofEight = `hoogste van ${TIMES} keer, ${eight.reduce((sum, { samples }) => sum + samples, 0)} metingen in totaal`;
  const times = (values: readonly number[]): string =>
    `middelste van ${values.map((value) => value.toFixed(1)).join(', ')}`;
  const loads = [one, ...eight].flatMap((passing) => passing.loads);
  const together = eight.flatMap(({ seconds }) => seconds);
  return [
    { name: `${what}één: tijd tot doorgestuurd`, value: median(one.seconds), unit: 's', note: times(one.seconds) },
    {
      name: `${what}één: gebeurtenislus p99`,
      value: one.eventLoopP99Ms,
      unit: 'ms',
      bar: atMost(MAX_LAG_MS),
      note: ofOne,
    },
    { name: `${what}één: gebeurtenislus langste`, value: one.eventLoopMaxMs, unit: 'ms', note: ofOne },
    { name: `${what}acht: tijd tot doorgestuurd`, value: median(together), unit: 's', note: times(together) },
    { name: `${what}acht: gebeurtenislus p99`, value: highest((x) => x.eventLoopP99Ms), unit: 'ms', note: ofEight },
    { name: `${what}acht: gebeurtenislus langste`, value: highest((x) => x.eventLoopMaxMs), unit: 'ms', note: ofEight },
    {
      name: `${what}acht: piek-RSS hub`,
      value: highest(({ peakRssMb }) => peakRssMb),
      unit: 'MB',
      bar: atMost(MAX_RSS_MB),
      note: 'hoogste stand sinds de start',
    },
    ...wrongFigures(loads, what),
  ];
}
