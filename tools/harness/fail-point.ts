// The one armed fail point of a process, and what happens there: SIGKILL, as the kernel or an operator would; or SIGSTOP.
import { AsyncLocalStorage } from 'node:async_hooks';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isPoint, type PointName } from './points.ts';

export class FailPoint {
  readonly #lastWords: string | undefined;
  /** Of the work that stood still: whether it has written since. */
  readonly #late = new AsyncLocalStorage<{ written: boolean }>();
  #armed: { readonly point: PointName; left: number; readonly freeze: boolean } | undefined;

  /** `lastWords`: the file in which the process says at which point it ends. */
  constructor(lastWords?: string) {
    this.#lastWords = lastWords;
  }

  /** `freeze`: the process stands still there until it is told to continue, instead of ending. */
  arm(point: PointName, nth: number, freeze = false): void {
    this.#armed = { point, left: nth, freeze };
  }

  disarm(): void {
    this.#armed = undefined;
  }

  isArmed(point: PointName): boolean {
    return this.#armed?.point === point;
  }

  /** True when this is the occurrence at which the process must end. */
  due(point: PointName): boolean {
    if (this.#armed?.point !== point) return false;
    this.#armed.left -= 1;
    if (this.#armed.left > 0) return false;
    this.#armed = undefined;
    return true;
  }

  /** Ends the process when it is due, and nothing after it happens; or freezes it, and what follows happens late. */
  async at(point: PointName): Promise<void> {
    const freeze = this.#armed?.freeze === true;
    if (!this.due(point)) return;
    if (!freeze) await this.die(point);
    process.kill(process.pid, 'SIGSTOP');
    this.#late.enterWith({ written: false });
  }

  /** True for the first write of the work that stood still, and for no other. */
  isLateWrite(): boolean {
    const late = this.#late.getStore();
    if (late === undefined || late.written) return false;
    late.written = true;
    return true;
  }

  /** Never resolves: whatever the kernel still lets run stands still here. */
  die(point: PointName): Promise<never> {
    // Without this a SIGKILL of the kernel, short of memory, would pass for ours.
    if (this.#lastWords !== undefined) writeFileSync(this.#lastWords, point);
    process.kill(process.pid, 'SIGKILL');
    return new Promise(() => undefined);
  }
}

/** What a process said when it ended at a point, once; undefined when it said nothing. */
export function takeLastWords(file: string): PointName | undefined {
  try {
    const said = readFileSync(file, 'utf8');
    rmSync(file);
    return isPoint(said) ? said : undefined;
  } catch {
    return undefined;
  }
}
