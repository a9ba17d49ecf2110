// Content models in a short notation (`A B? (C|D)+ any*`), and how a list of children is matched with one.

export interface ChildName {
  readonly ns: string;
  readonly name: string;
}

interface Leaf {
  readonly kind: 'element' | 'other' | 'any';
  /** `namespace name` of an element, else empty. */
  readonly key: string;
}

interface Sequence {
  readonly kind: 'sequence';
  readonly items: readonly Particle[];
}

interface Choice {
  readonly kind: 'choice';
  readonly items: readonly Particle[];
}

type Group = Sequence | Choice;

export interface Particle {
  readonly term: Leaf | Group;
  readonly min: number;
  readonly max: number;
}

/** What is wrong with a list of children: an element that may not stand there, or one that is not there. */
export type ContentFault =
  | { readonly kind: 'unexpected'; readonly index: number; readonly expected: readonly string[] }
  | { readonly kind: 'missing'; readonly expected: readonly string[] };

const OCCURS: Readonly<Record<string, readonly [number, number]>> = {
  '?': [0, 1],
  '*': [0, Number.POSITIVE_INFINITY],
  '+': [1, Number.POSITIVE_INFINITY],
};

/**
 * Reads the notation. `qualify` turns a name into its key; `other` is any element of a foreign namespace, `any` any element.
 * Occurrence: `?`, `*`, `+`, `{2}` or `{1,3}`. Throws on a mistake in the table: that is a bug.
 */
export function contentModel(notation: string, qualify: (name: string) => string): Particle {
  const tokens = notation.match(/[A-Za-z0-9:]+|[()|?*+]|\{\d+(?:,\d+)?\}/g) ?? [];
  let at = 0;
  const occurs = (): readonly [number, number] => {
    const token = tokens[at] ?? '';
    const known = OCCURS[token];
    const braces = /^\{(\d+)(?:,(\d+))?\}$/.exec(token);
    if (known === undefined && braces === null) return [1, 1];
    at += 1;
    return known ?? [Number(braces?.[1]), Number(braces?.[2] ?? braces?.[1])];
  };
  const group = (end: string | undefined): Group => {
    const items: Particle[] = [];
    let choice = false;
    while (at < tokens.length && tokens[at] !== end) {
      const token = tokens[at++] ?? '';
      if (token === '|') choice = true;
      else items.push(particle(token));
    }
    at += 1;
    return { kind: choice ? 'choice' : 'sequence', items };
  };
  const particle = (token: string): Particle => {
    const term: Leaf | Group =
      token === '('
        ? group(')')
        : token === 'any' || token === 'other'
          ? { kind: token, key: '' }
          : { kind: 'element', key: qualify(token) };
    const [min, max] = occurs();
    return { term, min, max };
  };
  return { term: group(undefined), min: 1, max: 1 };
}

/** More faults than this in one element are not listed: the element is something else altogether. */
const MAX_FAULTS = 25;

/**
 * Compares children with a model and lists the faults (at most 25). The models are deterministic, so one pass without
 * backtracking finds the next fault; it is then mended (element left out, or thought in) and the pass repeated.
 */
export function matchContent(model: Particle, children: readonly ChildName[], targetNs: string): ContentFault[] {
  const faults: ContentFault[] = [];
  const left: Slot[] = children.map((child, index) => ({ child, index }));
  while (faults.length < MAX_FAULTS) {
    const end = consume(model, left, 0, targetNs);
    const stuck = left[end.at];
    const wanted = end.missing[0];
    if (wanted !== undefined && !occursLater(end.missing, left, end.at, targetNs)) {
      faults.push({ kind: 'missing', expected: end.missing.map(nameOf) });
      left.splice(end.at, 0, { child: childOf(wanted), index: -1 });
    } else if (stuck !== undefined) {
      faults.push({ kind: 'unexpected', index: stuck.index, expected: end.missing.map(nameOf) });
      left.splice(end.at, 1);
    } else return faults;
  }
  return faults;
}

type Slot = { readonly child: ChildName; readonly index: number };
interface Consumed {
  readonly at: number;
  /** Terms of which one was needed at `at`; empty when the particle is satisfied. */
  readonly missing: readonly Leaf[];
}

function occursLater(missing: readonly Leaf[], left: readonly Slot[], at: number, targetNs: string): boolean {
  return left.slice(at).some((slot) => missing.some((leaf) => accepts(leaf, slot.child, targetNs)));
}

function consume(particle: Particle, slots: readonly Slot[], from: number, targetNs: string): Consumed {
  let at = from;
  for (let count = 0; count < particle.max; count++) {
    const slot = slots[at];
    const starts = slot !== undefined && first(particle.term).some((leaf) => accepts(leaf, slot.child, targetNs));
    if (!starts) {
      const satisfied = count >= particle.min || optional(particle.term);
      return { at, missing: satisfied ? [] : first(particle.term) };
    }
    const next = once(particle.term, slots, at, targetNs);
    if (next.missing.length > 0) return next;
    at = next.at;
  }
  return { at, missing: [] };
}

function once(term: Leaf | Group, slots: readonly Slot[], from: number, targetNs: string): Consumed {
  const slot = slots[from];
  if (term.kind === 'choice') {
    const taken = term.items.find((item) =>
      first(item.term).some((leaf) => slot !== undefined && accepts(leaf, slot.child, targetNs)),
    );
    return taken === undefined ? { at: from, missing: [] } : consume(taken, slots, from, targetNs);
  }
  if (term.kind !== 'sequence') return { at: from + 1, missing: [] };
  let at = from;
  for (const item of term.items) {
    const next = consume(item, slots, at, targetNs);
    if (next.missing.length > 0) return next;
    at = next.at;
  }
  return { at, missing: [] };
}

/** The leaves that may come first. */
function first(term: Leaf | Group): readonly Leaf[] {
  if (term.kind === 'choice') return term.items.flatMap((item) => first(item.term));
  if (term.kind !== 'sequence') return [term];
  const leaves: Leaf[] = [];
  for (const item of term.items) {
    leaves.push(...first(item.term));
    if (item.min > 0 && !optional(item.term)) break;
  }
  return leaves;
}

function optional(term: Leaf | Group): boolean {
  if (term.kind === 'choice') return term.items.some((item) => item.min === 0 || optional(item.term));
  if (term.kind !== 'sequence') return false;
  return term.items.every((item) => item.min === 0 || optional(item.term));
}

function accepts(leaf: Leaf, child: ChildName, targetNs: string): boolean {
  if (leaf.kind === 'any') return true;
  if (leaf.kind === 'other') return child.ns !== targetNs && child.ns !== '';
  return leaf.key === `${child.ns} ${child.name}`;
}

function nameOf(leaf: Leaf): string {
  return leaf.kind === 'element' ? leaf.key.slice(leaf.key.indexOf(' ') + 1) : leaf.kind;
}

function childOf(leaf: Leaf): ChildName {
  const blank = leaf.key.indexOf(' ');
  return leaf.kind === 'element'
    ? { ns: leaf.key.slice(0, blank), name: leaf.key.slice(blank + 1) }
    : { ns: 'urn:any', name: 'any' };
}
