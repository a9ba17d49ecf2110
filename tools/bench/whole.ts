// Part whole: signed reliable messages through one hub process, four signatures each, and what the hub can do at the most.
import { join } from 'node:path';
import { atLeast, type Figure } from './figure.ts';
import { type HubLoad, loadHub } from './load.ts';
import type { Machine } from './machine.ts';
import type { PartInput, PartOutput } from './part.ts';
import { type HubOptions, openHub } from './scene.ts';
import { measureStages, type Stages, stageFigures } from './stages.ts';
import { wrongFigures } from './tally.ts';

/** Messages that the sender has under way. */
export const WIDTH = 32;
const PROFILED_SECONDS = 5;
export const warmFor = (seconds: number): number => Math.min(20, seconds / 2);

export interface Ratios {
  /** Messages/s over what the hub's two signatures per message allow on one core. */
  readonly ratio: number;
  /** The same per core that the hub used. */
  readonly ratioPerCore: number;
}

/**
 * Acknowledgments in the HTTP response; `async` is the same with acknowledgments by a POST of their own, `spaced` with XML
 * that is not canonical as it stands. `stages` is of a load after those, because the profiler costs time itself.
 */
export interface WholeData extends HubLoad, Ratios {
  readonly async: HubLoad & Ratios;
  readonly spaced: HubLoad & Ratios;
  readonly stages: Stages;
}

export async function measureWhole(input: PartInput): Promise<PartOutput & { data: WholeData }> {
  const sync = await measureOne(input, { sync: true });
  const async = await measureOne(input, { sync: false });
  const spaced = await measureOne(input, { sync: true, spaced: true });
  const profiled = Math.min(PROFILED_SECONDS, input.seconds);
  const stages = await measureStages(join(input.dir, 'whole-profiel'), profiled, input.profile);
  const data = { ...sync, async, spaced, stages };
  const figures = [
    ...figuresOf(data, input.machine),
    ...besideFigures('asynchroon', 'ontvangstbevestigingen met een eigen POST', async),
    ...besideFigures('andere XML', 'geldig, maar niet canoniek zoals zij er staat: zo schrijven de meesten', spaced),
    ...stageFigures(stages),
  ];
  return { figures, data, ...(stages.flame === undefined ? {} : { wrote: stages.flame }) };
}

type Wire = Pick<HubOptions, 'sync' | 'spaced'>;

async function measureOne({ dir, seconds, machine }: PartInput, wire: Wire): Promise<HubLoad & Ratios> {
  const scene = await openHub({ dir: join(dir, 'whole'), ...wire });
  try {
    const load = await loadHub(scene, { seconds, width: WIDTH, warmSeconds: warmFor(seconds) });
    return { ...ratiosOf(load, machine), ...load };
  } finally {
    await scene.stop();
  }
}

export function ratiosOf({ perSecond, hubCores }: HubLoad, machine: Machine) {
  const ratio = perSecond / (machine.signPerSecond / 2);
  return { ratio, ratioPerCore: ratio / hubCores };
}

function besideFigures(what: string, note: string, load: HubLoad & Ratios): Figure[] {
  const { perSecond, ratioPerCore, cpuMsPerMessage } = load;
  return [
    { name: `${what}: berichten`, value: perSecond, unit: '/s', note },
    { name: `${what}: ratio per kern`, value: ratioPerCore, unit: '' },
    { name: `${what}: CPU hub`, value: cpuMsPerMessage, unit: 'ms per bericht' },
    ...wrongFigures([load], `${what}: `),
  ];
}

function figuresOf(data: WholeData, machine: Machine): Figure[] {
  const { ackMs, forwardMs } = data;
  const most = `hooguit ${Math.round(machine.signPerSecond / 2)}/s per kern: twee handtekeningen`;
  return [
    { name: 'berichten door de hub', value: data.perSecond, unit: '/s', note: most },
    { name: 'ratio', value: data.ratio, unit: '', note: 'berichten/s ÷ (RSA-handtekeningen/s ÷ 2)' },
    { name: 'ratio per kern van de hub', value: data.ratioPerCore, unit: '', bar: atLeast(0.35) },
    {
      name: 'CPU hub',
      value: data.cpuMsPerMessage,
      unit: 'ms per bericht',
      note: `${(2000 / machine.signPerSecond).toFixed(2)} ms daarvan is RSA`,
    },
    {
      name: 'kernen van de hub',
      value: data.hubCores,
      unit: '',
      note: `${machine.cores} kernen voor alle processen samen`,
    },
    {
      name: 'CPU zender en ontvanger',
      value: data.endsCpuMsPerMessage,
      unit: 'ms per bericht',
      note: 'delen de kernen met de hub',
    },
    {
      name: 'ontvangst → bevestiging p50',
      value: ackMs.p50,
      unit: 'ms',
      note: `p95 ${ackMs.p95.toFixed(0)}, p99 ${ackMs.p99.toFixed(0)}`,
    },
    {
      name: 'ontvangst → doorgestuurd p50',
      value: forwardMs.p50,
      unit: 'ms',
      note: `p95 ${forwardMs.p95.toFixed(0)}, p99 ${forwardMs.p99.toFixed(0)}`,
    },
    { name: 'gebeurtenislus p99', value: data.eventLoopP99Ms, unit: 'ms' },
    { name: 'gebeurtenislus langste', value: data.eventLoopMaxMs, unit: 'ms' },
    { name: 'piek-RSS hub', value: data.peakRssMb, unit: 'MB' },
    ...wrongFigures([data]),
  ];
}
