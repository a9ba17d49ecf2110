// What each part of the bench is given and gives back.
import type { Figure } from './figure.ts';
import type { Machine } from './machine.ts';

export interface PartInput {
  readonly dir: string;
  readonly seconds: number;
  readonly machine: Machine;
  /** File for the flame graph, when one is asked; part whole writes it. */
  readonly profile?: string;
}

export interface PartOutput {
  readonly figures: readonly Figure[];
  /** For the JSON document. */
  readonly data: object;
  /** File written besides. */
  readonly wrote?: string;
}

export type Part = (input: PartInput) => Promise<PartOutput>;
