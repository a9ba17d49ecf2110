// CPU of the hub per message by stage: a short run of its own with V8's profiler on, and the flame graph of that run.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mainThreadSeconds } from '../harness/processes.ts';
import type { Figure } from './figure.ts';
import { writeFlame } from './flame.ts';
import { loadHub } from './load.ts';
import { byFunction, byStage, type Cost, monotonicUs, readProfiles, type Stretch, treeOf } from './profile.ts';
import { type HubScene, openHub } from './scene.ts';

export interface Stages {
  readonly messages: number;
  /** CPU per message of the whole process, and of its event loop alone. */
  readonly cpuUs: number;
  readonly mainThreadCpuUs: number;
  /**
   * Microseconds per message that JavaScript's threads were in it, by the clock: waiting for the disk counts, and where other
   * processes take the cores, waiting for a core too. `mainThreadCpuUs` tells how much that is.
   */
  readonly stages: readonly Cost[];
  readonly heaviest: readonly Cost[];
  /** File of the flame graph, when one was asked. */
  readonly flame?: string;
}

const SAMPLE_US = 500;
const HEAVIEST = 25;
/** Stages with a smaller share of the whole are one row of the table. */
const LEAST_SHARE = 0.01;

export async function measureStages(dir: string, seconds: number, flame?: string): Promise<Stages> {
  const profiles = join(dir, 'profiel');
  rmSync(profiles, { recursive: true, force: true });
  mkdirSync(profiles, { recursive: true });
  const execArgv = ['--cpu-prof', `--cpu-prof-dir=${profiles}`, `--cpu-prof-interval=${SAMPLE_US}`];
  const scene = await openHub({ dir: join(dir, 'hub'), sync: true, execArgv });
  const { messages, cpuUs, mainThreadCpuUs, stretch } = await loadProfiled(scene, seconds).finally(() => scene.stop());
  // V8 writes a profile when its thread ends.
  const tree = treeOf(readProfiles(profiles), stretch);
  if (flame !== undefined) writeFileSync(flame, writeFlame(tree, `hub, ${messages} berichten`, messages));
  const perMessage = (costs: readonly Cost[]): Cost[] => costs.map(({ name, us }) => ({ name, us: us / messages }));
  return {
    messages,
    cpuUs,
    mainThreadCpuUs,
    stages: perMessage(byStage(tree)),
    heaviest: perMessage(byFunction(tree)).slice(0, HEAVIEST),
    ...(flame === undefined ? {} : { flame }),
  };
}

async function loadProfiled(scene: HubScene, seconds: number) {
  const load = { seconds, width: 32, warmSeconds: 0 };
  await loadHub(scene, load);
  const from = monotonicUs();
  const cpuBefore = mainThreadSeconds(scene.hub.child.pid) ?? Number.NaN;
  const { messages, cpuMsPerMessage } = await loadHub(scene, load);
  const cpuUsed = (mainThreadSeconds(scene.hub.child.pid) ?? Number.NaN) - cpuBefore;
  const stretch: Stretch = { from, to: monotonicUs() };
  return { messages, cpuUs: cpuMsPerMessage * 1000, mainThreadCpuUs: (cpuUsed * 1e6) / messages, stretch };
}

export function stageFigures({ messages, cpuUs, mainThreadCpuUs, stages }: Stages): Figure[] {
  const least = LEAST_SHARE * stages.reduce((sum, { us }) => sum + us, 0);
  const small = stages.filter(({ us }) => us < least);
  const rest = { name: 'de rest', us: small.reduce((sum, { us }) => sum + us, 0) };
  const rows = [...stages.filter(({ us }) => us >= least), ...(small.length === 0 ? [] : [rest])];
  const note = `aparte proef van ${messages} berichten, ${(mainThreadCpuUs / 1000).toFixed(1)} ms op de gebeurtenislus`;
  return [
    { name: 'CPU hub met profiler', value: cpuUs / 1000, unit: 'ms per bericht', note },
    ...rows.map(({ name, us }, at) => ({
      name: `stap ${name}`,
      value: us,
      unit: 'µs per bericht',
      ...(at === 0 ? { note: 'naar de klok: wachten op schijf en kern telt mee' } : {}),
    })),
  ];
}
