// The one armed fail point of a process, and what happens there: SIGKILL, as the kernel or an operator would; or SIGSTOP.
import type { PointName } from './points.ts';

export class FailPoint {
  #armed: { readonly point: PointName; left: number; readonly freeze: boolean } | undefined;

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
    if (freeze) process.kill(process.pid, 'SIGSTOP');
    else await die();
  }
}

/** Never resolves: whatever the kernel still lets run stands still here. */
export function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
}
