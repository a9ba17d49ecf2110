// What an entry of the attack catalogue is.
import type { KeyObject } from 'node:crypto';
import type { Answer } from '../answer.ts';
import type { Bounds } from '../cost.ts';
import type { Message } from './message.ts';

/** What an attacker has at hand. */
export interface Tools {
  /** A server on loopback that must never be called; without a slash at its end. */
  readonly canary: string;
  readonly certificateOfA: { readonly der: Buffer; readonly pem: string };
  /** Another party of the same authority. */
  readonly other: { readonly key: KeyObject; readonly der: Buffer };
  /** A's key for TLS, which is not the one it signs with. */
  readonly tlsKeyOfA: KeyObject;
  /** Nobody's. */
  readonly stranger: { readonly key: KeyObject; readonly ec: KeyObject };
}

export interface Mutation {
  /** Begins with the rows or rules that it shows. */
  readonly name: string;
  readonly build: (correct: Message, tools: Tools) => Message;
  readonly expected: Answer;
  /** Words that the answer must hold, where another rule could have refused it as well. */
  readonly because?: string;
  /** Where the entry is about cost and those of the corpus are not its measure. */
  readonly bounds?: Partial<Bounds>;
}

export const refused = (
  name: string,
  build: Mutation['build'],
  because?: string,
  bounds?: Mutation['bounds'],
): Mutation => ({
  name,
  build,
  expected: 'error SecurityFailure',
  ...(because === undefined ? {} : { because }),
  ...(bounds === undefined ? {} : { bounds }),
});
export const taken = (name: string, build: Mutation['build']): Mutation => ({ name, build, expected: 'ack' });
export const answered = (name: string, expected: Answer, build: Mutation['build']): Mutation => ({
  name,
  build,
  expected,
});
