// What a parent tells its fuzzing child, and what the child says.
import type { Failure } from './failure.ts';
import type { Progress } from './loop.ts';

export interface ChildOrders {
  readonly target: string;
  readonly blackBox: string;
  /** Fuzz for so long, or run the inputs of these files, each some times. */
  readonly fuzz?: { readonly seed: string; readonly ms: number; readonly corpus: string };
  readonly replay?: { readonly files: readonly string[]; readonly times: number };
}

export type ChildReport =
  | { readonly kind: 'progress'; readonly progress: Progress }
  /** `input` is base64, in the form that can be kept. */
  | { readonly kind: 'found'; readonly failure: Failure; readonly input: string }
  | { readonly kind: 'replayed'; readonly file: string; readonly failure?: Failure }
  | { readonly kind: 'done' };
