// Reads the sources against the catalogue: where each rule is enforced, which tests name it, and where the three disagree.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CATALOGUE, type Rule } from './catalogue.ts';
import { citationsIn, isListed, LISTS, singleIdsIn } from './ids.ts';

export interface RuleRow extends Rule {
  /** File and line: first where a finding or table row carries it, then where a comment cites it. */
  readonly where: readonly string[];
  /** File and title of the tests that name it. */
  readonly tests: readonly string[];
}

export interface Scan {
  readonly rows: readonly RuleRow[];
  /** Of each list of cases how many entries a test names. */
  readonly cases: readonly { readonly list: string; readonly last: number; readonly named: number }[];
  readonly gaps: readonly string[];
}

/** A wider range in a comment is the heading of a module, not the place of a rule. */
const MAX_RANGE = 9;
/** A title that names more rules than these lists them, it does not show them. */
const MAX_IN_TITLE = 6;

/** A finding or a table row carries its rule as a literal of its own: `'R36'`. */
const LITERAL = /'((?:TLSCIPH|TLS|PKI|DK-|OPS-|STUF-|R|C|V)\d{1,3}|row \d{1,3})'/g;
const COMMENT = /(?:^|[^:'"`])\/\/(.*)|^\s*\/?\*(.*)/;
const TITLE = /\b(?:test|it|describe)(?:\.each\([\s\S]*?\))?\(\s*(?:`([^`]*)`|'((?:[^'\\]|\\.)*)'|"([^"]*)")/g;
/** A row of a case table: a string that begins with an id and goes on becomes a title by `test.each`. */
const CASE = /(?:'((?:[A-Z]|row)[^'\n]* [^'\n]*)'|"((?:[A-Z]|row)[^"\n]* [^"\n]*)"|`((?:[A-Z]|row)[^`\n]* [^`\n]*)`)/g;

/** Everything that the sources say about rules. */
export interface Sources {
  readonly literals: Places;
  readonly comments: Places;
  readonly tests: Places;
}
type Places = Map<string, Set<string>>;

/** Scans `adapter` and `test` below `root` and compares them with the catalogue. */
export function scanRules(root: string): Scan {
  return compare(readSources(root), CATALOGUE);
}

export function readSources(root: string): Sources {
  const sources: Sources = { literals: new Map(), comments: new Map(), tests: new Map() };
  for (const file of filesIn(root, 'adapter')) readCode(file, readFileSync(join(root, file), 'utf8'), sources);
  for (const file of filesIn(root, 'test')) readTests(file, readFileSync(join(root, file), 'utf8'), sources.tests);
  return sources;
}

export function readCode(file: string, text: string, { literals, comments }: Omit<Sources, 'tests'>): void {
  text.split('\n').forEach((line, index) => {
    const place = `${file}:${index + 1}`;
    for (const [, id] of line.matchAll(LITERAL)) if (id !== undefined) add(literals, id, place);
    const comment = COMMENT.exec(line);
    for (const ids of citationsIn(comment?.[1] ?? comment?.[2] ?? ''))
      if (ids.length <= MAX_RANGE) for (const id of ids) add(comments, id, place);
  });
}

export function readTests(file: string, text: string, tests: Places): void {
  const titles = [...text.matchAll(TITLE)].map(([, a, b, c]) => a ?? b ?? c ?? '');
  const cases = [...text.matchAll(CASE)].map(([, a, b, c]) => a ?? b ?? c ?? '').filter(beginsWithId);
  for (const title of [...titles, ...cases]) {
    const ids = singleIdsIn(title);
    const rules = ids.filter((id) => !isListed(id));
    const shown = rules.length > MAX_IN_TITLE ? ids.filter(isListed) : ids;
    for (const id of shown) add(tests, id, `${file}: ${title}`);
  }
}

const beginsWithId = (text: string): boolean => {
  const [first] = citationsIn(text);
  return first?.[0] !== undefined && text.replace(/^rows/, 'row').startsWith(first[0]);
};

/** The table, and every gap between catalogue, code and tests. */
export function compare({ literals, comments, tests }: Sources, catalogue: readonly Rule[]): Scan {
  const known = new Set(catalogue.map(({ id }) => id));
  const listed = [...literals.keys()].filter((id) => isListed(id) && !known.has(id)).sort(collate);
  const entries = [...catalogue, ...listed.map((id): Rule => ({ id, level: 'must', title: 'acceptance list' }))];
  const rows = entries.map((rule): RuleRow => {
    const ids = [rule.id, ...(rule.as ?? [])];
    const of = (...all: readonly Places[]) => ids.flatMap((id) => all.flatMap((places) => [...(places.get(id) ?? [])]));
    return { ...rule, where: [...new Set(of(literals, comments))], tests: [...new Set(of(tests))] };
  });
  const named = [literals, comments, tests].flatMap((places) => [...places]);
  const strangers = named
    .filter(([id]) => !known.has(id) && !isListed(id))
    .map(([id, places]) => `${id} is named in ${[...places][0]} and is not in the catalogue`);
  const contradictions = rows
    .filter((row) => row.notApplicable !== undefined && literals.has(row.id))
    .map((row) => `${row.id} does not apply, and yet ${row.where[0]} enforces it`);
  const lost = catalogue.flatMap(({ id, as = [] }) =>
    as.filter((one) => !known.has(one)).map((one) => `${id} stands on ${one}, which is not in the catalogue`),
  );
  const cases = LISTS.map(({ prefix, last }) => ({
    list: prefix,
    last,
    named: [...tests.keys()].filter((id) => isListed(id) && id.startsWith(prefix)).length,
  }));
  return {
    rows,
    cases,
    gaps: [...twice(catalogue), ...rows.flatMap(gapsOf), ...contradictions, ...lost, ...new Set(strangers)],
  };
}

function gapsOf(row: RuleRow): readonly string[] {
  if (row.notApplicable !== undefined) return [];
  return [
    ...(row.where.length === 0 && row.isCase !== true ? [`${row.id} (${row.title}) is enforced nowhere`] : []),
    ...(row.tests.length === 0 ? [`${row.id} (${row.title}) is named by no test`] : []),
  ];
}

const twice = (catalogue: readonly Rule[]): readonly string[] =>
  catalogue
    .filter(({ id }, index) => catalogue.findIndex((rule) => rule.id === id) !== index)
    .map(({ id }) => `${id} is in the catalogue twice`);

function add(places: Places, id: string, place: string): void {
  const set = places.get(id) ?? new Set<string>();
  set.add(place);
  places.set(id, set);
}

function filesIn(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
}

const collate = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });
