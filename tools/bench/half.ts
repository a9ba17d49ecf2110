// Part half: what the hub can do at the most, and then the waiting times at half of that.
import { join } from 'node:path';
import { atMost, type Figure } from './figure.ts';
import { type HubLoad, loadHub } from './load.ts';
import type { PartInput, PartOutput } from './part.ts';
import { openHub } from './scene.ts';
import { wrongFigures } from './tally.ts';
import { WIDTH, warmFor } from './whole.ts';

const MAX_ACK_MS = 50;

export async function measureHalf({ dir, seconds }: PartInput): Promise<PartOutput> {
  const scene = await openHub({ dir: join(dir, 'half'), sync: true });
  try {
    const most = await loadHub(scene, { seconds: seconds / 3, width: WIDTH, warmSeconds: warmFor(seconds) });
    const perSecond = most.perSecond / 2;
    const load = await loadHub(scene, { seconds, width: WIDTH, perSecond, warmSeconds: 1 });
    return { figures: figuresOf(load, most), data: { mostPerSecond: most.perSecond, most, ...load } };
  } finally {
    await scene.stop();
  }
}

function figuresOf(load: HubLoad, most: HubLoad): Figure[] {
  const { perSecond, ackMs, forwardMs, eventLoopP99Ms, eventLoopMaxMs } = load;
  return [
    { name: 'aangeboden', value: perSecond, unit: '/s', note: `helft van ${most.perSecond.toFixed(0)}/s` },
    {
      name: 'ontvangst → bevestiging p50',
      value: ackMs.p50,
      unit: 'ms',
      note: 'geteld vanaf de eerste poging van de zender, heen- en terugweg inbegrepen',
    },
    {
      name: 'ontvangst → bevestiging p95',
      value: ackMs.p95,
      unit: 'ms',
      bar: atMost(MAX_ACK_MS),
      note: `p99 ${ackMs.p99.toFixed(0)} ms`,
    },
    {
      name: 'ontvangst → doorgestuurd p50',
      value: forwardMs.p50,
      unit: 'ms',
      note: 'geteld vanaf het maken en tekenen bij de zender, tot aankomst bij de ontvanger',
    },
    {
      name: 'ontvangst → doorgestuurd p95',
      value: forwardMs.p95,
      unit: 'ms',
      note: `p99 ${forwardMs.p99.toFixed(0)} ms`,
    },
    { name: 'gebeurtenislus p99', value: eventLoopP99Ms, unit: 'ms' },
    { name: 'gebeurtenislus langste', value: eventLoopMaxMs, unit: 'ms' },
    ...wrongFigures([most, load]),
  ];
}
