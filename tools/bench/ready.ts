// Part start: how long a gateway with 400 CPAs takes until it says that it is ready.
import { join } from 'node:path';
import { layOut } from '../harness/layout.ts';
import { startGateway, stop, usage } from '../harness/processes.ts';
import { atMost } from './figure.ts';
import { fillCpas } from './fill.ts';
import type { PartInput, PartOutput } from './part.ts';
import { hubPlan } from './scene.ts';

const CPAS = 400;
const TIMES = 5;
const MAX_MS = 2_000;

export async function measureStart({ dir }: PartInput): Promise<PartOutput> {
  const layout = await layOut(join(dir, 'start'), hubPlan({ dir, sync: false }));
  await fillCpas(layout, 'hub', CPAS);
  const readyMs: number[] = [];
  let rssMb = Number.NaN;
  for (let time = 0; time < TIMES; time += 1) {
    const gateway = await startGateway(layout, 'hub');
    readyMs.push(gateway.readyMs);
    rssMb = (await usage(gateway)).rssBytes / 2 ** 20;
    await stop(gateway.child);
  }
  const median = [...readyMs].sort((a, b) => a - b)[Math.floor(TIMES / 2)] ?? Number.NaN;
  return {
    figures: [
      {
        name: `klaar met ${CPAS} CPA's`,
        value: median,
        unit: 'ms',
        bar: atMost(MAX_MS),
        note: `middelste van ${readyMs.map(Math.round).join(', ')}`,
      },
      { name: 'RSS na de start', value: rssMb, unit: 'MB' },
    ],
    data: { cpas: CPAS, readyMs: median, times: readyMs, rssMb },
  };
}
