// The steps that attacks on values of the envelope are made of, and what they expect.
import { type Attack, changed, refusedAs } from '../corpus.ts';
import { beforeHeaderEnd, type Message, swap } from '../signature/message.ts';

export const taken = refusedAs('ack');
export const fault = refusedAs('fault Client');
export const unknownValue = refusedAs('error ValueNotRecognized');
export const inconsistent = refusedAs('error Inconsistent');

export const textIn = (message: Message, name: string): string =>
  new RegExp(`<eb:${name}[^>]*>([^<]*)</eb:${name}>`).exec(message.envelope)?.[1] ?? '';

/** Puts `middle` inside the first value of this name. */
export const split = (name: string, middle: string): Attack['build'] =>
  changed((message) => {
    const value = textIn(message, name);
    const half = Math.ceil(value.length / 2);
    return swap(
      `>${value}</eb:${name}>`,
      () => `>${value.slice(0, half)}${middle}${value.slice(half)}</eb:${name}>`,
    )(message);
  });

/** Writes the first value of this name in another way. */
export const rewritten = (name: string, write: (value: string) => string): Attack['build'] =>
  changed((message) => {
    const value = textIn(message, name);
    return swap(`>${value}</eb:${name}>`, () => `>${write(value)}</eb:${name}>`)(message);
  });

export const block = (xml: string | ((canary: string) => string)): Attack['build'] =>
  changed((message, canary) => beforeHeaderEnd(typeof xml === 'string' ? xml : xml(canary))(message));
