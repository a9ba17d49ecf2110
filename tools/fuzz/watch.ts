// Starts a fuzzing child and ends it when an input hangs or takes too much memory; a child that dies is told as well.
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BlackBoxReader, readBlackBox } from './black-box.ts';
import type { ChildOrders, ChildReport } from './child-orders.ts';
import { crash, type Failure, hang, tooMuchMemory } from './failure.ts';
import { MAX_CHILD_BYTES, MAX_RUN_MS } from './target.ts';

export interface Ending {
  /** Absent when the child did what it was told. */
  readonly failure?: Failure;
  /** What was in hand when it failed; absent when it was between two inputs. */
  readonly input?: Buffer;
  /** Number of inputs begun. */
  readonly runs: number;
}

const CHILD = fileURLToPath(new URL('child.js', import.meta.url));
const LOOK_MS = 50;
/** Above the limit that the child keeps itself, so that slow but ending inputs are reported by the child. */
const HANG_MS = MAX_RUN_MS * 2;
const HEAP_MB = 512;
/** Time for making keys and seeds, and between two inputs. */
const IDLE_MS = 60_000;

/** `cut` ends the child; what comes of it then is for who gave it to leave alone. */
export async function watchChild(
  orders: Omit<ChildOrders, 'blackBox'>,
  onReport: (report: ChildReport) => void,
  cut?: AbortSignal,
): Promise<Ending> {
  const dir = mkdtempSync(join(tmpdir(), 'dk-fuzz-'));
  const blackBox = join(dir, 'in-hand');
  const box = readBlackBox(blackBox);
  try {
    return await watch(startChild({ ...orders, blackBox }), box, onReport, cut);
  } finally {
    box.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

function startChild(orders: ChildOrders): ChildProcess {
  return fork(CHILD, [JSON.stringify(orders)], {
    execArgv: [`--max-old-space-size=${HEAP_MB}`, '--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // Ctrl-C is for the tool: a child that died of it would pass for one that an input killed.
    detached: true,
  });
}

function watch(
  child: ChildProcess,
  box: BlackBoxReader,
  onReport: (report: ChildReport) => void,
  cut: AbortSignal | undefined,
): Promise<Ending> {
  return new Promise((resolve) => {
    let ended: Failure | undefined;
    let done = false;
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said = `${said}${chunk.toString('utf8')}`.slice(-4000);
    });
    child.on('message', (report: ChildReport) => {
      if (report.kind === 'done') done = true;
      else onReport(report);
    });
    const judge = createJudge(child, box);
    const stop = (): unknown => child.kill('SIGKILL');
    cut?.addEventListener('abort', stop);
    if (cut?.aborted === true) stop();
    const timer = setInterval(() => {
      ended ??= judge();
      if (ended !== undefined) stop();
    }, LOOK_MS);
    child.on('close', (code, signal) => {
      clearInterval(timer);
      cut?.removeEventListener('abort', stop);
      const { run: runs, busy } = box.look();
      if (done && ended === undefined) return resolve({ runs });
      const failure = ended ?? deathOf(said, code, signal);
      resolve({ failure, runs, ...(busy ? { input: box.input() } : {}) });
    });
  });
}

/** Looks at a child and says why it has to end. */
function createJudge(child: ChildProcess, box: BlackBoxReader): () => Failure | undefined {
  let last = -1;
  let since = performance.now();
  return () => {
    const { run, busy } = box.look();
    const now = performance.now();
    const mark = busy ? run : -1 - run;
    if (mark !== last) {
      last = mark;
      since = now;
    }
    if (busy && now - since > HANG_MS) return hang(MAX_RUN_MS);
    if (!busy && now - since > IDLE_MS) return crash('the child does nothing');
    const bytes = residentBytes(child.pid);
    return bytes > MAX_CHILD_BYTES ? tooMuchMemory(MAX_CHILD_BYTES) : undefined;
  };
}

const PAGE_BYTES = 4096;

/** Zero where the system does not tell; there only the limit of the heap holds. */
function residentBytes(pid: number | undefined): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * PAGE_BYTES;
  } catch {
    return 0;
  }
}

function deathOf(said: string, code: number | null, signal: NodeJS.Signals | null): Failure {
  if (said.includes('heap out of memory')) return tooMuchMemory(HEAP_MB * 1024 * 1024);
  const lines = said.split('\n').filter((line) => /Error|error|abort/i.test(line));
  return crash(
    `the child ended with ${signal ?? `code ${code}`}${lines[0] === undefined ? '' : `: ${lines[0].slice(0, 300)}`}`,
  );
}
