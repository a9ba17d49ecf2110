// Parts stored and cpas: a hub with a full store beside one with an empty store, loaded in turns so that noise hits both.
import { join } from 'node:path';
import { atLeast, type Figure } from './figure.ts';
import { fillCpas, fillMessages, storeFolder } from './fill.ts';
import { type HubLoad, loadHub } from './load.ts';
import type { PartInput, PartOutput } from './part.ts';
import { type HubScene, openHub } from './scene.ts';
import { wrongFigures } from './tally.ts';
import { WIDTH } from './whole.ts';

const MESSAGES = 1_000_000;
const CPAS = 10_000;
const TURNS = 3;
const LEAST_SHARE = 0.9;

export async function measureStored(input: PartInput): Promise<PartOutput> {
  const what = 'vol: een miljoen records met journaal, zonder inhoud; twee per doorgestuurd bericht';
  return compare({ ...input, dir: join(input.dir, 'stored') }, what, async (layout, empty) =>
    fillMessages(storeFolder(empty.layout, 'hub'), storeFolder(layout, 'hub'), MESSAGES),
  );
}

export async function measureCpas(input: PartInput): Promise<PartOutput> {
  const what = "vol: tienduizend CPA's, in de opslag gezet zonder de controles van de import";
  return compare({ ...input, dir: join(input.dir, 'cpas') }, what, (layout) => fillCpas(layout, 'hub', CPAS));
}

type Fill = (layout: HubScene['layout'], empty: HubScene) => Promise<void>;

async function compare({ dir, seconds }: PartInput, what: string, fill: Fill): Promise<PartOutput> {
  const empty = await openHub({ dir: join(dir, 'leeg'), sync: false });
  let full: HubScene | undefined;
  try {
    await loadHub(empty, { seconds: Math.min(5, seconds / 2), width: WIDTH, warmSeconds: 0 });
    const startedAt = performance.now();
    full = await openHub({ dir: join(dir, 'vol'), sync: false, prepare: (layout) => fill(layout, empty) });
    const preparedSeconds = (performance.now() - startedAt) / 1_000 - full.hub.readyMs / 1_000;
    const turns = await loadInTurns(empty, full, seconds / TURNS);
    const data = { ...summary(turns), preparedSeconds, readyMs: full.hub.readyMs, turns };
    return {
      figures: [...figuresOf(data, what), ...wrongFigures(turns.flatMap(({ empty, full }) => [empty, full]))],
      data,
    };
  } finally {
    await full?.stop();
    await empty.stop();
  }
}

interface Turn {
  readonly empty: HubLoad;
  readonly full: HubLoad;
}

/** The order changes each turn. */
async function loadInTurns(empty: HubScene, full: HubScene, seconds: number): Promise<Turn[]> {
  const load = (scene: HubScene) => loadHub(scene, { seconds, width: WIDTH, warmSeconds: 0 });
  await loadHub(full, { seconds: Math.min(5, seconds), width: WIDTH, warmSeconds: 0 });
  const turns: Turn[] = [];
  for (let turn = 0; turn < TURNS; turn += 1) {
    if (turn % 2 === 0) {
      const first = await load(empty);
      turns.push({ empty: first, full: await load(full) });
    } else {
      const first = await load(full);
      turns.push({ full: first, empty: await load(empty) });
    }
  }
  return turns;
}

export function summary(turns: readonly Turn[]) {
  const total = (which: 'empty' | 'full') => {
    const loads = turns.map((turn) => turn[which]);
    const messages = loads.reduce((sum, load) => sum + load.messages, 0);
    const seconds = loads.reduce((sum, load) => sum + load.seconds, 0);
    const cpuMs = loads.reduce((sum, load) => sum + load.cpuMsPerMessage * load.messages, 0);
    return { perSecond: messages / seconds, cpuMsPerMessage: cpuMs / messages };
  };
  const [empty, full] = [total('empty'), total('full')];
  return { empty, full, share: full.perSecond / empty.perSecond };
}

type Data = ReturnType<typeof summary> & { readonly preparedSeconds: number; readonly readyMs: number };

function figuresOf({ empty, full, share, readyMs }: Data, what: string): Figure[] {
  return [
    {
      name: 'lege opslag',
      value: empty.perSecond,
      unit: '/s',
      note: `CPU hub ${empty.cpuMsPerMessage.toFixed(1)} ms per bericht`,
    },
    {
      name: 'volle opslag',
      value: full.perSecond,
      unit: '/s',
      note: `CPU hub ${full.cpuMsPerMessage.toFixed(1)} ms per bericht`,
    },
    { name: 'vol ten opzichte van leeg', value: 100 * share, unit: '%', bar: atLeast(100 * LEAST_SHARE), note: what },
    { name: 'klaar na', value: readyMs, unit: 'ms' },
  ];
}
