// Starts the demo's processes, hears what the gateways tell, and ends what it started.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { withUs } from '../ending.ts';
import { ownSettings } from '../environment.ts';
import type { DemoLayout } from './setup.ts';

export interface GatewayEvent {
  readonly gateway: string;
  readonly event: string;
  readonly at: string;
  readonly level: string;
  readonly detail?: string;
  readonly messageId?: string;
  readonly refToMessageId?: string;
  readonly functie?: string;
  readonly referentienummer?: string;
  readonly direction?: string;
  readonly code?: string;
  readonly attempt?: number;
}

export interface Processes {
  readonly events: readonly GatewayEvent[];
  onEvent(listener: (event: GatewayEvent) => void): void;
  stop(): Promise<void>;
}

const START_MS = 20_000;
const dist = fileURLToPath(new URL('../..', import.meta.url));

/** Starts hub, municipality and partners, and resolves when all of them answer. */
export async function startAll(layout: DemoLayout): Promise<Processes> {
  const events: GatewayEvent[] = [];
  const listeners: ((event: GatewayEvent) => void)[] = [];
  const children: ChildProcess[] = [];
  const hear = (line: string): void => {
    const event = parse(line);
    if (event === undefined) return;
    if (event.event === 'gateway.crashed') process.stderr.write(`${line}\n`);
    events.push(event);
    for (const listener of listeners) listener(event);
  };
  const run = (script: string, args: string[]): void => {
    const child = withUs(
      spawn(process.execPath, [join(dist, script), ...args], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: ownSettings(),
      }),
    );
    children.push(child);
    if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', hear);
  };
  for (const name of ['hub', 'gemeente']) run('adapter/main.js', ['--config', join(layout.dir, name, 'gateway.json')]);
  for (const name of ['vecozo', 'cak']) {
    run('tools/cli.js', ['partner', '--as', name, '--config', join(layout.dir, name, 'partner.json'), '--json']);
  }
  const stop = (): Promise<void> => stopAll(children);
  try {
    await Promise.all([
      answers(`http://127.0.0.1:${layout.api.hub}/health/ready`, children),
      answers(`http://127.0.0.1:${layout.api.gemeente}/health/ready`, children),
      answers(`http://127.0.0.1:${layout.control.vecozo}/log`, children),
      answers(`http://127.0.0.1:${layout.control.cak}/log`, children),
    ]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { events, onEvent: (listener) => listeners.push(listener), stop };
}

function parse(line: string): GatewayEvent | undefined {
  try {
    const value = JSON.parse(line) as Partial<GatewayEvent>;
    return value.event === undefined ? undefined : (value as GatewayEvent);
  } catch {
    return undefined;
  }
}

async function answers(url: string, children: readonly ChildProcess[]): Promise<void> {
  const until = Date.now() + START_MS;
  while (Date.now() < until) {
    if (children.some((child) => child.exitCode !== null))
      throw new Error('een van de processen is gestopt bij het starten');
    const good = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (good) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} antwoordt niet`);
}

/** SIGTERM to what we started; what has not ended after five seconds is ended the hard way. */
async function stopAll(children: readonly ChildProcess[]): Promise<void> {
  const ended = children.map((child) => {
    if (child.exitCode !== null) return Promise.resolve();
    const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const hard = setTimeout(() => child.kill('SIGKILL'), 5_000);
    return exit.finally(() => clearTimeout(hard));
  });
  await Promise.all(ended);
}
