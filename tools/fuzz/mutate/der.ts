// Mutations of DER that keep the lengths right: elements copied, removed, exchanged, given another tag or content.
import type { MutationTools, Mutator } from './types.ts';

interface Node {
  tag: number;
  content: Buffer;
  children: Node[] | undefined;
}

const MAX_DEPTH = 24;
const MAX_BYTES = 64 * 1024;

/** The elements of a range, or undefined when it is not DER to its end. */
function parse(bytes: Buffer, depth = 0): Node[] | undefined {
  const nodes: Node[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] ?? 0;
    const first = bytes[at + 1];
    if (first === undefined) return undefined;
    const octets = first < 0x80 ? 0 : first & 0x7f;
    if (octets > 4 || at + 2 + octets > bytes.length) return undefined;
    const length = octets === 0 ? first : bytes.readUIntBE(at + 2, octets);
    const from = at + 2 + octets;
    if (from + length > bytes.length) return undefined;
    const content = bytes.subarray(from, from + length);
    const maybeInside = depth < MAX_DEPTH && content.length > 1 && ((tag & 0x20) !== 0 || tag === 0x04);
    nodes.push({ tag, content, children: maybeInside ? parse(content, depth + 1) : undefined });
    at = from + length;
  }
  return nodes;
}

function write(nodes: readonly Node[]): Buffer {
  return Buffer.concat(
    nodes.map((node) => {
      const body = node.children === undefined ? node.content : write(node.children);
      return Buffer.concat([Buffer.from([node.tag, ...lengthOctets(body.length)]), body]);
    }),
  );
}

function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let left = length; left > 0; left = Math.floor(left / 256)) octets.unshift(left % 256);
  return [0x80 | octets.length, ...octets];
}

interface Place {
  readonly siblings: Node[];
  readonly index: number;
  readonly node: Node;
}

function placesOf(nodes: Node[]): Place[] {
  return nodes.flatMap((node, index) => [
    { siblings: nodes, index, node },
    ...(node.children === undefined ? [] : placesOf(node.children)),
  ]);
}

const TAGS = [
  0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0c, 0x13, 0x14, 0x16, 0x17, 0x18, 0x1e, 0x30, 0x31, 0x80, 0xa0, 0xa3,
];
const TIMES = [
  '250230000000Z',
  '491231235959Z',
  '500101000000Z',
  '20251301000000Z',
  '99991231235959Z',
  '250101000060Z',
];

type Change = (place: Place, tools: MutationTools, all: readonly Place[]) => void;

const CHANGES: readonly Change[] = [
  ({ siblings, index, node }) => siblings.splice(index, 0, node),
  ({ siblings, index }) => siblings.splice(index, 1),
  ({ node }, { random }) => {
    node.tag = random.chance(0.5) ? random.pick(TAGS) : random.below(256);
  },
  ({ siblings, index }, { random }, all) => {
    const { node } = random.pick(all);
    // A copy, because an element inside itself would have no end.
    siblings[index] = { tag: node.tag, content: write(node.children ?? []), children: undefined };
    if (node.children === undefined) siblings[index] = { ...node };
  },
  ({ node }, { random }) => {
    node.children = undefined;
    node.content = Buffer.from(Array.from({ length: random.below(24) }, () => random.below(256)));
  },
  ({ node }, { random }) => {
    node.children = undefined;
    const changed = Buffer.from(node.content);
    if (changed.length > 0) changed[random.below(changed.length)] = random.below(256);
    node.content = changed;
  },
  ({ node }, { random }) => {
    node.children = undefined;
    node.content = Buffer.from(random.pick(TIMES));
    node.tag = random.pick([0x17, 0x18]);
  },
  ({ node }, { random }) => {
    const { children } = node;
    if (children !== undefined) node.children = Array.from({ length: 1 + random.below(80) }, () => children).flat();
  },
];

const structure: Mutator = (input, tools) => {
  if (input.length > MAX_BYTES) return input;
  const nodes = parse(input);
  const places = nodes === undefined ? [] : placesOf(nodes);
  if (nodes === undefined || places.length === 0) return input;
  tools.random.pick(CHANGES)(tools.random.pick(places), tools, places);
  return write(nodes);
};

export const DER_MUTATORS: readonly Mutator[] = Array.from({ length: 12 }, () => structure);
