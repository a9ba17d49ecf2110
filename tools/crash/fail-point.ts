// The one armed fail point of a process, and the end of it: SIGKILL, as the kernel or an operator would.
import type { PointName } from './points.ts';

export class FailPoint {
  #armed: { readonly point: PointName; left: number } | undefined;

  arm(point: PointName, nth: number): void {
    this.#armed = { point, left: nth };
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

  /** Ends the process when it is due; nothing after it happens. */
  async at(point: PointName): Promise<void> {
    if (this.due(point)) await die();
  }
}

/** Never resolves: whatever the kernel still lets run stands still here. */
export function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
}
