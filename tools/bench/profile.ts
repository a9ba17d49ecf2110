// Reads a CPU profile of V8: where the time of one stretch went, by stage and by function.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** Microseconds of the monotonic clock. */
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

/** Microseconds of the monotonic clock, which V8 uses too. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export const monotonicUs = (): number => Number(process.hrtime.bigint() / 1000n);

/** A frame with its time; `self` is time in the function itself. Roots have no caller. */
export interface Frame {
  readonly name: string;
  readonly where: string;
  readonly stage: string;
  self: number;
  readonly callees: Map<string, Frame>;
}

/** Every thread writes a profile of its own. */
export function readProfiles(folder: string): CpuProfile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.cpuprofile'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as CpuProfile);
}

/** One tree of all profiles, without what was idle, and without what was outside the stretch. */
export function treeOf(profiles: readonly CpuProfile[], stretch: Stretch): Frame {
  const root = newFrame('hub', '', '');
  for (const profile of profiles) addProfile(root, profile, stretch);
  return root;
}

function addProfile(root: Frame, profile: CpuProfile, { from, to }: Stretch): void {
  const selfOf = new Map<number, number>();
  let at = profile.startTime;
  profile.samples.forEach((id, index) => {
    at += profile.timeDeltas[index] ?? 0;
    const length = profile.timeDeltas[index + 1] ?? 0;
    if (at >= from && at < to) selfOf.set(id, (selfOf.get(id) ?? 0) + length);
  });
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const [top] = profile.nodes;
  const open: { node: ProfileNode; frame: Frame }[] = [];
  const enter = (node: ProfileNode, caller: Frame): void => {
    if (node.callFrame.functionName !== '(idle)') open.push({ node, frame: frameIn(caller, node) });
  };
  for (const id of top?.children ?? []) enter(nodes.get(id) as ProfileNode, root);
  while (open.length > 0) {
    const { node, frame } = open.pop() as { node: ProfileNode; frame: Frame };
    frame.self += selfOf.get(node.id) ?? 0;
    for (const id of node.children ?? []) enter(nodes.get(id) as ProfileNode, frame);
  }
}

function frameIn(caller: Frame, { callFrame }: ProfileNode): Frame {
  const name = callFrame.functionName || '(anonymous)';
  const where = callFrame.url === '' ? '' : `${shortUrl(callFrame.url)}:${callFrame.lineNumber + 1}`;
  const key = `${name} ${where}`;
  const known = caller.callees.get(key);
  if (known !== undefined) return known;
  const frame = newFrame(name, where, stageOf(name, callFrame.url, caller.stage));
  caller.callees.set(key, frame);
  return frame;
}

const newFrame = (name: string, where: string, stage: string): Frame => ({
  name,
  where,
  stage,
  self: 0,
  callees: new Map(),
});

const shortUrl = (url: string): string => url.replace(/^.*\/(dist|node_modules)\//, '').replace(/^wasm:.*$/, 'wasm');

const BY_NAME: ReadonlyMap<string, string> = new Map([
  ['(garbage collector)', 'gc'],
  ['(program)', 'Node zelf'],
]);
/** A thread of its own; nothing that it does holds the event loop. */
const CHECKPOINT = 'SQLite: checkpoint (eigen draad)';
const BY_URL: readonly (readonly [RegExp, string])[] = [
  [/\/dist\/adapter\/store\/sqlite\/checkpoint-worker/, CHECKPOINT],
  [/\/dist\/adapter\/([a-z]+)\//, 'adapter/$1'],
  [/\/dist\/adapter\//, 'adapter'],
  [/^wasm:|\/libxml2-wasm\//, 'libxml2'],
  [/\/better-sqlite3\//, 'SQLite: begin, commit en wachten op schijf'],
  [/\/(undici|express|body-parser|router)\//, 'HTTP en TLS'],
  [/\/(winston|winston-transport|logform|prom-client)\//, 'log en metingen'],
  [/^node:(internal\/)?crypto/, 'node:crypto'],
  [
    /^node:(internal\/)?(_?tls|net|_?http|https|stream|streams|js_stream|dns)|^node:_(tls|http)|^node:internal\/stream/,
    'HTTP en TLS',
  ],
  [/^node:/, 'Node zelf'],
  [/\/node_modules\/(@[^/]+\/[^/]+|[^/]+)\//, '$1'],
];

/** Native functions have no address: they belong to who called them; under the store they are SQLite's. */
export function stageOf(name: string, url: string, callerStage: string): string {
  const byName = BY_NAME.get(name);
  if (byName !== undefined) return byName;
  if (callerStage === CHECKPOINT) return CHECKPOINT;
  if (url === '') return callerStage === 'adapter/store' ? 'SQLite: opdrachten' : callerStage || 'Node zelf';
  for (const [pattern, stage] of BY_URL) {
    const match = pattern.exec(url);
    if (match !== null) return stage.replace('$1', match[1] ?? '');
  }
  return 'anders';
}

export interface Cost {
  readonly name: string;
  readonly us: number;
}

/** Self time by stage, the heaviest first. */
export const byStage = (root: Frame): Cost[] => sum(root, ({ stage }) => stage);

/** Self time by function, the heaviest first. */
export const byFunction = (root: Frame): Cost[] =>
  sum(root, ({ name, where, stage }) => (where === '' ? `${name} [${stage}]` : `${name} ${where}`));

function sum(root: Frame, nameOf: (frame: Frame) => string): Cost[] {
  const costs = new Map<string, number>();
  for (const frame of framesBelow(root)) {
    if (frame.self > 0) costs.set(nameOf(frame), (costs.get(nameOf(frame)) ?? 0) + frame.self);
  }
  return [...costs].map(([name, us]) => ({ name, us })).sort((a, b) => b.us - a.us);
}

function* framesBelow(root: Frame): Generator<Frame> {
  const open = [root];
  for (let frame = open.pop(); frame !== undefined; frame = open.pop()) {
    yield frame;
    open.push(...frame.callees.values());
  }
}
