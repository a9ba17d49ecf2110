// What can be wrong with an input, and when two failures are the same one.

export type FailureKind = 'error' | 'hang' | 'memory' | 'crash';

export interface Failure {
  readonly kind: FailureKind;
  readonly message: string;
  /** Equal for failures with one cause, as far as can be told. */
  readonly key: string;
}

/** The failure that a run threw. Numbers and quoted values are no part of the key; the first own places of the stack are. */
export function failureOf(error: unknown): Failure {
  const { name, message, stack } =
    error instanceof Error ? error : { name: 'thrown', message: String(error), stack: undefined };
  const places = [...(stack ?? '').matchAll(/at (?:async )?(\S+) \(.*?\/dist\/([^):]+)/g)].slice(0, 3);
  const where = places.map(([, what, file]) => `${file}#${what}`).join(' ');
  const plain = message
    .slice(0, 200)
    .replace(/(["'`]).*?\1/g, '…')
    .replace(/\d+/g, 'n');
  return { kind: 'error', message: `${name}: ${message.slice(0, 300)}`, key: `error ${name} ${plain} ${where}` };
}

export const hang = (ms: number): Failure => ({ kind: 'hang', message: `longer than ${ms} ms`, key: 'hang' });
export const tooMuchMemory = (bytes: number): Failure => ({
  kind: 'memory',
  message: `more than ${Math.round(bytes / 1024 / 1024)} MB`,
  key: 'memory',
});
export const crash = (how: string): Failure => ({ kind: 'crash', message: how, key: 'crash' });
