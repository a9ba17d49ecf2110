// Mutations that know nothing of the format: octets, ranges, numbers, lines, tokens and splices.
import type { Mutator } from './types.ts';

const INTERESTING = [0, 1, 9, 10, 13, 32, 34, 38, 39, 45, 58, 60, 61, 62, 0x7f, 0x80, 0xc0, 0xfe, 0xff];

/** `input` with the octets from `from` to `to` replaced. */
export function replaceRange(input: Buffer, from: number, to: number, by: Uint8Array): Buffer {
  return Buffer.concat([input.subarray(0, from), by, input.subarray(to)]);
}

const octet: Mutator = (input, { random }) => {
  if (input.length === 0) return input;
  const changed = Buffer.from(input);
  const at = random.chance(0.2) ? random.below(Math.min(8, changed.length)) : random.below(changed.length);
  const own = changed[at] ?? 0;
  changed[at] = random.pick([
    own ^ (1 << random.below(8)),
    own + random.below(33) - 16,
    random.pick(INTERESTING),
    random.below(256),
  ]);
  return changed;
};

const insertOctets: Mutator = (input, { random }) => {
  const count = random.chance(0.9) ? 1 + random.below(4) : 1 + random.below(64);
  const octets = Buffer.alloc(count, random.pick(INTERESTING));
  if (random.chance(0.3)) for (let i = 0; i < count; i += 1) octets[i] = random.below(256);
  const at = random.below(input.length + 1);
  return replaceRange(input, at, at, octets);
};

const removeRange: Mutator = (input, { random }) => {
  const from = random.below(input.length);
  const length = random.chance(0.7) ? 1 + random.below(8) : 1 + random.below(input.length);
  return replaceRange(input, from, Math.min(input.length, from + length), new Uint8Array());
};

/** A range again, behind itself or elsewhere; sometimes very often, to find what does not grow in step with its input. */
const repeatRange: Mutator = (input, { random }) => {
  if (input.length === 0) return input;
  const from = random.below(input.length);
  const range = input.subarray(from, from + 1 + random.below(Math.min(512, input.length - from)));
  const times = random.chance(0.9) ? 1 + random.below(3) : 1 + random.below(Math.ceil(20_000 / range.length));
  const at = random.chance(0.5) ? from : random.below(input.length + 1);
  return replaceRange(input, at, at, Buffer.concat(Array.from({ length: times }, () => range)));
};

const moveRange: Mutator = (input, { random }) => {
  const from = random.below(input.length);
  const range = Buffer.from(input.subarray(from, from + 1 + random.below(128)));
  const rest = replaceRange(input, from, from + range.length, new Uint8Array());
  const at = random.below(rest.length + 1);
  return replaceRange(rest, at, at, range);
};

const cut: Mutator = (input, { random }) => input.subarray(0, random.below(input.length + 1));

const token: Mutator = (input, { random, dictionary }) => {
  if (dictionary.length === 0) return input;
  const word = random.pick(dictionary);
  const at = random.below(input.length + 1);
  return replaceRange(input, at, random.chance(0.5) ? at : Math.min(input.length, at + word.length), word);
};

const NUMBERS = [
  '0',
  '-1',
  '00',
  '1',
  '2',
  '127',
  '128',
  '255',
  '256',
  '65536',
  '2147483648',
  '9007199254740993',
  '1e9',
];

/** Another number in the place of one. */
const number: Mutator = (input, { random }) => {
  const found = [...input.toString('latin1').matchAll(/\d+/g)];
  if (found.length === 0) return input;
  const match = random.pick(found);
  return replaceRange(input, match.index, match.index + match[0].length, Buffer.from(random.pick(NUMBERS)));
};

const line: Mutator = (input, { random }) => {
  const lines = input.toString('latin1').split('\n');
  const at = random.below(lines.length);
  const to = random.below(lines.length);
  const [own = '', there = ''] = [lines[at], lines[to]];
  const how = random.below(4);
  if (how === 0) lines.splice(at, 1);
  else if (how === 1) lines.splice(to, 0, own);
  else if (how === 2) [lines[at], lines[to]] = [there, own];
  else lines[at] = own.endsWith('\r') ? own.slice(0, -1) : `${own}\r`;
  return Buffer.from(lines.join('\n'), 'latin1');
};

/** The beginning of this input and the end of another. */
const splice: Mutator = (input, { random, other }) => {
  const second = other();
  return Buffer.concat([
    input.subarray(0, random.below(input.length + 1)),
    second.subarray(random.below(second.length)),
  ]);
};

/** A range of another input in the place of one of this. */
const graft: Mutator = (input, { random, other }) => {
  const second = other();
  const from = random.below(second.length);
  const range = second.subarray(from, from + 1 + random.below(256));
  const at = random.below(input.length + 1);
  return replaceRange(input, at, random.chance(0.5) ? at : Math.min(input.length, at + range.length), range);
};

export const BYTE_MUTATORS: readonly Mutator[] = [
  octet,
  octet,
  insertOctets,
  removeRange,
  repeatRange,
  moveRange,
  cut,
  token,
  token,
  number,
  line,
  splice,
  graft,
];
