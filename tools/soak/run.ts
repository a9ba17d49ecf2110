// A soak from beginning to end: measure what the chain takes, send at a share of it with a fault now and then, rest, count.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Applications } from '../harness/applications.ts';
import { add, type Counts, isGood, NOTHING } from '../harness/count.ts';
import { GATEWAYS, type GatewayName } from '../harness/points.ts';
import { productDigest } from '../harness/product.ts';
import { type Pace, Scene } from '../harness/scene.ts';
import { type FaultName, planFault } from './faults.ts';
import { Gauge, type Measurement } from './gauge.ts';
import { Ledger } from './ledger.ts';
import { createPacer } from './pace.ts';
import { riseOf } from './slope.ts';
import { Traffic } from './traffic.ts';
import { allThere, type Struck, strike } from './trouble.ts';

export interface SoakOptions {
  readonly ms: number;
  readonly seed: string;
  /** Messages a second; a share of what was measured when absent. */
  readonly rate?: number;
  readonly faultEveryMs: number;
  readonly dir: string;
}

export interface FaultCount {
  readonly fault: FaultName;
  struck: number;
  missed: number;
  skipped: number;
}

export interface SoakResult {
  readonly seed: string;
  readonly startedAt: string;
  /** From the first message at the pace until every gateway was there after the last fault. */
  readonly seconds: number;
  readonly askedSeconds: number;
  readonly faultEverySeconds: number;
  /** Somebody ended it before the time that was asked. */
  readonly interrupted: boolean;
  /** Arrivals a second with as many under way as help; undefined when a rate was given. */
  readonly capacity?: number;
  readonly rate: number;
  readonly submitted: number;
  readonly held: number;
  readonly counts: Counts;
  readonly faults: readonly FaultCount[];
  /** What went wrong with faults themselves, the first twenty. */
  readonly troubles: readonly string[];
  /** Processes that ended in another way than by a fault. */
  readonly fell: number;
  readonly measured: Measurement;
  /** Digest of the gateway's compiled files. */
  readonly product: string;
  readonly good: boolean;
}

export interface Hooks {
  /** Called now and then with a line about how far it is. */
  readonly progress: (line: string) => void;
  /** True: end now, and count. */
  readonly interrupted: () => boolean;
}

export const LOAD_SHARE = 0.3;
const MEASURE_MS = 5_000;
const WIDTH = 64;
const WARM_UP_MS = 60_000;
/** Between two looks whether a fault is due. */
const LOOK_MS = 500;
const SAMPLE_MS = 3_000;
const COPY_EVERY = 20;
const REST_MS = 180_000;
const PROGRESS_MS = 60_000;
const TROUBLES = 20;
const OPEN_STATES = ['queued', 'awaitingAck', 'received', 'parked'];

/** Times as a machine under load needs them; what is purged keeps the stores from growing for days. */
const STEADY: Pace = {
  settings: {
    logLevel: 'error',
    worker: { lease: '10s', poll: '200ms' },
    client: { connectTimeout: '2s', responseTimeout: '15s' },
    retention: { ids: '2h' },
  },
  retries: 2_400,
  retryInterval: 'PT1S',
  hubConcurrent: 200,
};
const PATIENCE = { callMs: 10_000, pauseMs: 200, leaseSeconds: 20 };

export async function soak(options: SoakOptions, hooks: Hooks): Promise<SoakResult> {
  const startedAt = new Date().toISOString();
  const scene = await Scene.open({ dir: join(options.dir, 'gateways'), pace: STEADY });
  try {
    const ledger = new Ledger(randomBytes(8).toString('hex'));
    const applications = new Applications(scene, ledger, PATIENCE);
    const traffic = new Traffic(applications, ledger, options.seed);
    const capacity = options.rate === undefined ? await traffic.saturate(WIDTH, MEASURE_MS) : undefined;
    const rate = options.rate ?? (capacity ?? 0) * LOAD_SHARE;
    const gauge = new Gauge(scene, Math.min(WARM_UP_MS, options.ms / 5));
    gauge.start(SAMPLE_MS);
    const stage = { scene, applications, ledger, traffic };
    const began = performance.now();
    const { faults, interrupted } = await flow(stage, rate, options, hooks);
    const seconds = (performance.now() - began) / 1000;
    const rested = await rest(stage);
    const measured = await gauge.stop();
    await traffic.end();
    const counts = add(ledger.counts, { ...NOTHING, endless: await openAtGateways(stage, rested) });
    const fell = scene.deaths.filter(({ cause }) => cause === 'fell').length;
    return judged({
      seed: options.seed,
      startedAt,
      seconds,
      askedSeconds: options.ms / 1000,
      faultEverySeconds: options.faultEveryMs / 1000,
      // What ends the tool may end the gateways too, also while they come to rest.
      interrupted: interrupted || hooks.interrupted(),
      ...(capacity === undefined ? {} : { capacity }),
      rate,
      submitted: ledger.submitted,
      held: traffic.held,
      counts,
      faults: [...faults.counts.values()],
      troubles: faults.troubles,
      fell,
      measured,
      product: productDigest(),
    });
  } finally {
    await scene.close();
  }
}

type Unjudged = Omit<SoakResult, 'good'>;

/** A soak that was cut short, or that had time for a fault and none that struck, has not shown what was asked. */
export function judged(result: Unjudged): SoakResult {
  const { counts, fell, interrupted, faults, measured } = result;
  const whole = !interrupted && !isUntried(result);
  const good = isGood(counts) && fell === 0 && neverStruck(faults).length === 0 && growing(measured).length === 0;
  return { ...result, good: good && whole };
}

type Tried = Pick<SoakResult, 'askedSeconds' | 'faultEverySeconds' | 'faults'>;

/** No fault struck, though there was time for one: the first comes after the time between two, at the next look. */
export const isUntried = ({ askedSeconds, faultEverySeconds, faults }: Tried): boolean =>
  askedSeconds > faultEverySeconds + LOOK_MS / 1000 && faults.every(({ struck }) => struck === 0);

/** Kinds that were drawn and that this machine can do, but that never happened: a soak says nothing about them. */
export const neverStruck = (faults: readonly FaultCount[]): readonly FaultName[] =>
  faults.filter(({ struck, missed }) => struck === 0 && missed > 0).map(({ fault }) => fault);

/**
 * What V8 keeps of a heap that it has room for goes up and down by some tens of megabytes: lines of 19 minutes without a leak
 * rose by up to 26. A process whose longest life ends this much above its beginning grows; the longer it lives, the slower a
 * growth is found.
 */
export const MOST_RISE_BYTES = 64 * 2 ** 20;

/** Gateways whose memory grows, as far as it was measured. */
export const growing = ({ memory }: Pick<Measurement, 'memory'>): readonly GatewayName[] =>
  GATEWAYS.filter((name) => (riseOf(memory[name]) ?? 0) > MOST_RISE_BYTES);

/** Gateways that did not live long enough for a word about their memory. */
export const unjudged = ({ memory }: Pick<Measurement, 'memory'>): readonly GatewayName[] =>
  GATEWAYS.filter((name) => riseOf(memory[name]) === undefined);

interface Stage {
  readonly scene: Scene;
  readonly applications: Applications;
  readonly ledger: Ledger;
  readonly traffic: Traffic;
}

interface Faults {
  readonly counts: Map<FaultName, FaultCount>;
  readonly troubles: string[];
}

/** Messages at the pace, and beside them one fault after another. */
async function flow(
  stage: Stage,
  rate: number,
  options: SoakOptions,
  hooks: Hooks,
): Promise<{ faults: Faults; interrupted: boolean }> {
  const faults: Faults = { counts: new Map(), troubles: [] };
  const startedAt = performance.now();
  const until = startedAt + options.ms;
  const pacer = createPacer(rate, startedAt);
  let faultAt = startedAt + options.faultEveryMs;
  let told = startedAt;
  let number = 0;
  let striking: Promise<void> | undefined;
  let due = true;
  while (performance.now() < until && !hooks.interrupted()) {
    const now = performance.now();
    if (due) await makeCopies(stage.scene);
    due = false;
    if (striking === undefined && now >= faultAt) {
      const fault = planFault(options.seed, number, options.faultEveryMs);
      number += 1;
      faultAt = Math.max(faultAt + options.faultEveryMs, now);
      striking = strike(fault, stage).then((struck) => {
        note(struck, faults);
        striking = undefined;
        due = true;
      });
    }
    if (now - told >= PROGRESS_MS) {
      told = now;
      hooks.progress(progressLine(stage, now - startedAt, options.ms, number));
    }
    await stage.traffic.send(pacer, Math.min(until, now + LOOK_MS));
  }
  const interrupted = performance.now() < until;
  await striking;
  await allThere(stage.scene);
  return { faults, interrupted };
}

/** A process that was started anew knows nothing of it. */
async function makeCopies(scene: Scene): Promise<void> {
  for (const name of GATEWAYS) await scene.ask(name, { do: 'copies', every: COPY_EVERY }).catch(() => undefined);
}

function note({ fault: { fault, victim, point }, how, trouble }: Struck, faults: Faults): void {
  const count = faults.counts.get(fault) ?? { fault, struck: 0, missed: 0, skipped: 0 };
  count[how] += 1;
  faults.counts.set(fault, count);
  if (trouble === undefined || faults.troubles.length >= TROUBLES) return;
  faults.troubles.push(`${fault}${fault === 'point' ? ` ${point}` : ''} bij ${victim}: ${trouble}`);
}

/** Nothing is sent any more: until nothing is under way anywhere, seen twice, or until time is up. */
async function rest({ scene, ledger }: Stage): Promise<boolean> {
  const until = performance.now() + REST_MS;
  let quiet = 0;
  while (quiet < 2 && performance.now() < until) {
    const looks = await Promise.all(GATEWAYS.map((name) => scene.look(name)));
    const still = looks.every((look) => look !== undefined && look.open === 0 && look.toCollect === 0);
    quiet = still && ledger.open === 0 ? quiet + 1 : 0;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return quiet >= 2;
}

/** Work and messages without an end that the gateways themselves still have. */
async function openAtGateways({ scene, applications }: Stage, rested: boolean): Promise<number> {
  let open = 0;
  for (const name of GATEWAYS) {
    const look = rested ? { open: 0 } : await scene.look(name);
    open += look?.open ?? 1;
    open += (await applications.countStates(name, OPEN_STATES)) ?? 1;
  }
  return open;
}

function progressLine({ ledger }: Stage, ms: number, all: number, faults: number): string {
  const minutes = (value: number): string => (value / 60_000).toFixed(0);
  const { counts } = ledger;
  const bad = `verloren ${counts.lost}, dubbel ${counts.twice}`;
  return `${minutes(ms)} van ${minutes(all)} min: ${ledger.submitted} aangeboden, ${ledger.open} onderweg, ${bad}, ${faults} storingen`;
}
