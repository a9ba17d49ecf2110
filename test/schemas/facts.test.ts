// The tables behind the generated schemas against the facts of the standard: every class, element, cardinality, order and facet.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { models, OPEN_CONTENT, type Particle, type StandardModel } from '../../tools/schemas/model.ts';
import type { SimpleRow } from '../../tools/schemas/tables/form.ts';
import { sharedDir } from '../fixtures/shared.ts';

interface FactElement {
  readonly name: string;
  readonly type: string;
  readonly min: number;
  readonly max: number | string | null;
  readonly order: number;
  readonly restriction?: { readonly pattern?: string };
}
interface FactType {
  readonly kind: string;
  readonly base?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minInclusive?: number;
  readonly maxInclusive?: number;
  readonly pattern?: string;
  readonly enumeration?: readonly string[];
  readonly children?: readonly FactElement[];
}
interface FactMessage {
  readonly code: string;
  readonly berichtCode: string | null;
  readonly targetNamespace: string;
  readonly prefix: string;
  readonly basisNamespace?: string;
  readonly types: Readonly<Record<string, readonly FactElement[]>>;
}

const shared = sharedDir();
const read = (file: string): unknown =>
  JSON.parse(readFileSync(join(shared ?? '', 'data/istandaarden', file), 'utf8')) as unknown;
const FACTS: Readonly<Record<string, string>> = { 'iwmo-3.2': 'iwmo-3.2', 'ijw-3.2': 'ijw-3.2', 'ipgb-2.0': 'ipgb-2' };
const known = models().filter(({ table }) => FACTS[table.id] !== undefined);
const factMessages = (standard: StandardModel): readonly FactMessage[] =>
  (read(`messages/${FACTS[standard.table.id]}.json`) as { messages: FactMessage[] }).messages;

/** One line per element, so that a difference reads as one. */
const ofModel = (particles: readonly Particle[]): string[] =>
  particles.map(({ name, type, min, many, pattern }) => `${name}:${type} ${min}..${many ? 'n' : 1} ${pattern ?? ''}`);
const ofFacts = (elements: readonly FactElement[]): string[] =>
  [...elements]
    .sort((a, b) => a.order - b.order)
    .map(
      ({ name, type, min, max, restriction }) =>
        `${name}:${type} ${min}..${max === 1 ? 1 : 'n'} ${restriction?.pattern ?? ''}`,
    );

const facets = (row: SimpleRow): object => ({
  base: `xs:${row.base}`,
  minLength: row.length?.[0],
  maxLength: row.length?.[1],
  minInclusive: row.range?.[0],
  maxInclusive: row.range?.[1],
  pattern: row.pattern,
  enumeration: row.codes?.split(' '),
});
const factFacets = ({ base, minLength, maxLength, minInclusive, maxInclusive, pattern, enumeration }: FactType) => ({
  base,
  minLength,
  maxLength,
  minInclusive,
  maxInclusive,
  pattern,
  enumeration: enumeration === undefined ? undefined : [...enumeration],
});

/** Row 125: the published pattern can take time exponential in the length; ours accepts the same texts in one pass. */
const REWRITTEN: Readonly<Record<string, { readonly published: string; readonly ours: string }>> = {
  LDT_Commentaar: { published: '([.\\s]*\\S+[.\\s]*)+', ours: '\\s*\\S[\\s\\S]*' },
};

describe('row 125 patterns written anew', () => {
  test.each(Object.entries(REWRITTEN))('%s accepts what the published pattern accepts', (_, { published, ours }) => {
    const [a, b] = [new RegExp(`^(?:${published})$`), new RegExp(`^(?:${ours})$`)];
    let texts = [''];
    let accepted = 0;
    for (let length = 0; length <= 6; length += 1) {
      expect(texts.filter((text) => a.test(text) !== b.test(text))).toEqual([]);
      accepted += texts.filter((text) => b.test(text)).length;
      texts = texts.flatMap((text) => ['a', '.', ' ', '\n', '\t'].map((one) => `${text}${one}`));
    }
    expect(accepted).toBeGreaterThan(1000);
  });
});

(shared ? describe : describe.skip)('row 156 tables and facts (skipped when ../shared is not there)', () => {
  test.each(
    known.flatMap((standard) => standard.messages.map((message) => [message.code, standard, message] as const)),
  )('%s has the classes and elements of the facts, in their order', (code, standard, message) => {
    const fact = factMessages(standard).find((one) => one.code === code);
    expect(fact).toBeDefined();
    expect([message.namespace, message.prefix, message.berichtCode ?? null]).toEqual([
      fact?.targetNamespace,
      fact?.prefix,
      fact?.berichtCode ?? null,
    ]);
    const facts = Object.entries(fact?.types ?? {}).map(([name, elements]) => [name, ofFacts(elements)] as const);
    const ours = message.classes.map(({ name, particles }) => [name, ofModel(particles)] as const);
    expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(facts));
    expect(ours.length).toBeGreaterThan(2);
  });

  test.each(known.map((standard) => [standard.table.id, standard] as const))(
    '%s: every message of the facts is made',
    (_, standard) => {
      expect(standard.messages.map(({ code }) => code).sort()).toEqual(
        factMessages(standard)
          .map(({ code }) => code)
          .sort(),
      );
    },
  );

  test.each(known.map((standard) => [standard.table.id, standard] as const))(
    '%s: every simple and composed type has the facets and children of the facts',
    (id, standard) => {
      const { types } = read(`datatypes/${FACTS[id]}.json`) as { types: Record<string, FactType> };
      const differences: unknown[] = [];
      for (const [name, fact] of Object.entries(types)) {
        const row = standard.simple.get(name);
        const particles = standard.composed.get(name);
        const ours = row === undefined ? ofModel(particles ?? []) : facets(row);
        const rewritten = REWRITTEN[name];
        const pattern = fact.pattern === rewritten?.published ? rewritten?.ours : fact.pattern;
        const theirs =
          fact.kind === 'simple'
            ? factFacets({ ...fact, ...(pattern === undefined ? {} : { pattern }) })
            : ofFacts(fact.children ?? []);
        if (JSON.stringify(ours) !== JSON.stringify(theirs)) differences.push({ name, ours, theirs });
      }
      expect(differences).toEqual([]);
      const unknown = [...standard.simple.keys(), ...standard.composed.keys()].filter(
        (name) => types[name] === undefined,
      );
      expect(unknown).toEqual([]);
    },
  );

  test('every type an element names is there', () => {
    const missing = models().flatMap((standard) => {
      const has = (name: string, classes: readonly string[]): boolean =>
        standard.simple.has(name) || standard.composed.has(name) || classes.includes(name) || name === OPEN_CONTENT;
      return standard.messages.flatMap(({ code, classes }) => {
        const names = classes.map(({ name }) => name);
        const used = [...classes.flatMap(({ particles }) => particles), ...[...standard.composed.values()].flat()];
        return used.filter(({ type }) => !has(type, names)).map(({ type }) => `${code} ${type}`);
      });
    });
    expect(missing).toEqual([]);
  });
});
