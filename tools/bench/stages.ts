// CPU of the hub per message by stage: a short run of its own with V8's profiler on, and the flame graph of that run.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mainThreadSeconds } from '../harness/processes.ts';
import { writeFlame } from './flame.ts';
import { loadHub } from './load.ts';
import { byFunction, byStage, type Cost, monotonicUs, readProfiles, treeOf } from './profile.ts';
import { openHub } from './scene.ts';

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
}

const SAMPLE_US = 500;
const HEAVIEST = 25;

export async function measureStages(dir: string, seconds: number, flame?: string): Promise<Stages> {
  const profiles = join(dir, 'profiel');
  rmSync(profiles, { recursive: true, force: true });
  mkdirSync(profiles, { recursive: true });
  const execArgv = ['--cpu-prof', `--cpu-prof-dir=${profiles}`, `--cpu-prof-interval=${SAMPLE_US}`];
  const scene = await openHub({ dir: join(dir, 'hub'), sync: true, execArgv });
  const load = { seconds, width: 32 };
  await loadHub(scene, { ...load, seconds: Math.min(5, seconds), warmSeconds: 0 });
  const from = monotonicUs();
  const cpuBefore = mainThreadSeconds(scene.hub.child.pid) ?? Number.NaN;
  const { messages, cpuMsPerMessage } = await loadHub(scene, { ...load, warmSeconds: 0 });
  const to = monotonicUs();
  const cpuUsed = (mainThreadSeconds(scene.hub.child.pid) ?? Number.NaN) - cpuBefore;
  await scene.stop();
  const tree = treeOf(readProfiles(profiles), { from, to });
  if (flame !== undefined) writeFileSync(flame, writeFlame(tree, `hub, ${messages} berichten`, messages));
  const perMessage = (costs: readonly Cost[]): Cost[] => costs.map(({ name, us }) => ({ name, us: us / messages }));
  const stages = perMessage(byStage(tree));
  return {
    messages,
    cpuUs: cpuMsPerMessage * 1000,
    mainThreadCpuUs: (cpuUsed * 1e6) / messages,
    stages,
    heaviest: perMessage(byFunction(tree)).slice(0, HEAVIEST),
  };
}
