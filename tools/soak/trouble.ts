// Carries out the faults of a soak on its gateways, one at a time, and sees to it that all three are there again.
import { spawnSync } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Applications } from '../harness/applications.ts';
import { GATEWAYS, type GatewayName } from '../harness/points.ts';
import { cpaId, type Death, type Scene } from '../harness/scene.ts';
import type { Fault, FaultName } from './faults.ts';

export interface Struck {
  readonly fault: Fault;
  /** `struck`: it happened; `missed`: the point was not reached; `skipped`: this machine cannot do it. */
  readonly how: 'struck' | 'missed' | 'skipped';
  /** What went wrong with the fault itself. */
  readonly trouble?: string;
}

interface Stage {
  readonly scene: Scene;
  readonly applications: Applications;
}

type Carry = (fault: Fault, stage: Stage) => Promise<Struck['how']>;

/** Delay of each call of a slow store, or of each COMMIT. */
const SLOW_MS = 500;
/** Largest file that may be written while the disk is full. */
const FULL_BYTES = 4_096;
const LOOK_MS = 50;
const BOOT_TRIES = 3;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function strike(fault: Fault, stage: Stage): Promise<Struck> {
  try {
    const how = await CARRY[fault.fault](fault, stage);
    await stage.scene.settled();
    return { fault, how };
  } catch (error) {
    return { fault, how: 'missed', trouble: error instanceof Error ? error.message : 'mislukt' };
  } finally {
    await allThere(stage.scene);
  }
}

/** Starts what could not be started at once: a port in use, a machine that is slow. */
export async function allThere(scene: Scene): Promise<void> {
  for (let i = 0; i < BOOT_TRIES; i += 1) {
    await scene.settled();
    const gone = GATEWAYS.filter((name) => scene.child(name) === undefined);
    if (gone.length === 0) return;
    for (const name of gone) await scene.boot(name).catch(() => undefined);
  }
}

const CARRY: Readonly<Record<FaultName, Carry>> = {
  kill: async ({ victim }, { scene }) => {
    const before = scene.deaths.length;
    scene.kill(victim);
    return (await died(scene, { before, victim, cause: 'kill' }, 1_000)) ? 'struck' : 'missed';
  },
  point: async ({ victim, point, nth, ms, mode }, { scene, applications }) => {
    const before = scene.deaths.length;
    await scene.ask(victim, { do: 'arm', point, nth: point === 'cpaActivation' ? 1 : nth });
    if (point === 'cpaActivation') await importAgain(victim, cpaOf(victim, mode), { scene, applications });
    if (await died(scene, { before, victim, cause: point }, ms)) return 'struck';
    await scene.ask(victim, { do: 'disarm' }).catch(() => undefined);
    return 'missed';
  },
  freeze: async ({ victim, ms }, { scene }) => {
    const child = scene.child(victim);
    if (child?.process.kill('SIGSTOP') !== true) return 'missed';
    await pause(ms);
    child.process.kill('SIGCONT');
    return 'struck';
  },
  down: async ({ victim, ms }, { scene }) => {
    await scene.halt(victim);
    await pause(ms);
    await scene.boot(victim);
    return 'struck';
  },
  slow: async ({ victim, ms, where }, { scene }) => {
    await scene.ask(victim, { do: 'slow', ms: SLOW_MS, where });
    await pause(ms);
    await scene.ask(victim, { do: 'slow', ms: 0, where });
    return 'struck';
  },
  cut: async ({ victim }, { scene }) => (Number(await scene.ask(victim, { do: 'cut' })) > 0 ? 'struck' : 'missed'),
  full: async ({ victim, ms }, { scene }) => {
    const pid = String(scene.child(victim)?.process.pid);
    const limit = (bytes: string): boolean =>
      spawnSync('prlimit', ['--pid', pid, `--fsize=${bytes}:unlimited`]).status === 0;
    if (!limit(String(FULL_BYTES))) return 'skipped';
    await pause(ms);
    limit('unlimited');
    return 'struck';
  },
  clock: async ({ victim, offsetMs, ms }, { scene }) => {
    await scene.ask(victim, { do: 'clock', offsetMs });
    await pause(ms);
    await scene.ask(victim, { do: 'clock', offsetMs: 0 });
    return 'struck';
  },
  cpa: async ({ victim, mode }, stage) => {
    const status = await importAgain(victim, cpaOf(victim, mode), stage);
    if (status !== undefined && status >= 400 && status < 500) throw new Error(`CPA geweigerd: ${status}`);
    return status === undefined ? 'missed' : 'struck';
  },
  certificate: ({ victim }, { scene }) => Promise.resolve(replaceCertificates(victim, scene)),
  terminate: async ({ victim }, { scene }) => {
    const before = scene.deaths.length;
    if (!scene.terminate(victim)) return 'missed';
    return (await died(scene, { before, victim, cause: 'terminate' }, 15_000)) ? 'struck' : 'missed';
  },
};

interface Wanted {
  /** How many deaths there were. */
  readonly before: number;
  readonly victim: GatewayName;
  readonly cause: Death['cause'];
}

async function died({ deaths }: Scene, { before, victim, cause }: Wanted, ms: number): Promise<boolean> {
  const until = performance.now() + ms;
  const found = (): boolean => deaths.slice(before).some((death) => death.name === victim && death.cause === cause);
  while (!found() && performance.now() < until) await pause(LOOK_MS);
  return found();
}

const cpaOf = (victim: GatewayName, mode: Fault['mode']): string =>
  cpaId(mode, victim === 'gemeente' ? 'gemeente' : 'aanbieder');

/** The same agreement with another comment behind it, so that it is really stored and read anew. */
function importAgain(victim: GatewayName, id: string, { scene, applications }: Stage): Promise<number | undefined> {
  const file = scene.layout.cpas.find((cpa) => cpa.cpaId === id)?.file ?? '';
  const xml = `${readFileSync(file, 'utf8').trimEnd()}\n<!-- ${performance.now()} -->\n`;
  return applications.importCpa(victim, xml);
}

/** As an operator does it: new files take the place of the old ones; the gateway sees them within a minute. */
function replaceCertificates(victim: GatewayName, scene: Scene): Struck['how'] {
  const folder = scene.layout.places[victim]?.certs;
  if (folder === undefined) return 'missed';
  const file = join(folder, 'tls.crt');
  const text = readFileSync(file, 'utf8');
  // The same certificates with another number of empty lines: changed octets, and nothing grows.
  writeFileSync(`${file}.new`, text.endsWith('\n\n') ? text.trimEnd().concat('\n') : `${text}\n`);
  renameSync(`${file}.new`, file);
  return 'struck';
}
