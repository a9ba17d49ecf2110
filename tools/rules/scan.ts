// Reads the sources: which rules the code enforces, which tests name them, and which ids exist nowhere.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAMILIES } from './families.ts';

export interface RuleRow {
  readonly id: string;
  readonly source: string;
  readonly level: string;
  /** Files that enforce it. */
  readonly where: readonly string[];
  /** Titles of tests that name it. */
  readonly tests: readonly string[];
}

export interface Scan {
  readonly rows: readonly RuleRow[];
  readonly gaps: readonly string[];
}

/** A rule is enforced where a finding or a table row carries it: `'R36'` as a string literal of its own. */
const ENFORCED = /'((?:R|C|V)\d{1,3}|DK-\d{3}|TLS\d{3}|PKI\d{3}|OPS-\d|STUF-\d|row \d{1,3})'/g;
/** A row of a case table: a string that begins with an id becomes part of a title by `test.each`. */
const CASE =
  /['`"]((?:(?:R|C|V|T)\d{1,3}|DK-\d{3}|P-\d{3}|TLS\d{3}|PKI\d{3}|OPS-\d|STUF-\d|row \d{1,3})\b[^'`"\n]*)['`"]/g;
const TITLE = /\b(?:test|it|describe)(?:\.each\([\s\S]*?\))?\(\s*(?:`([^`]*)`|'((?:[^'\\]|\\.)*)'|"([^"]*)")/g;

/** Scans `adapter` and `test` below `root`. */
export function scanRules(root: string): Scan {
  const enforced = new Map<string, Set<string>>();
  const tested = new Map<string, string[]>();
  const unknown: string[] = [];
  for (const file of sources(root, 'adapter')) {
    const text = readFileSync(join(root, file), 'utf8');
    for (const [, id] of text.matchAll(ENFORCED)) if (id !== undefined) add(enforced, id, file);
    unknown.push(...strangers(text).map((id) => `${file} names ${id}, which no sheet has`));
  }
  for (const file of sources(root, 'test')) {
    const text = readFileSync(join(root, file), 'utf8');
    unknown.push(...strangers(text).map((id) => `${file} names ${id}, which no sheet has`));
    for (const match of text.matchAll(TITLE)) {
      const title = match[1] ?? match[2] ?? match[3] ?? '';
      for (const id of idsIn(title)) tested.set(id, [...(tested.get(id) ?? []), `${file}: ${title}`]);
    }
    for (const [, title = ''] of text.matchAll(CASE)) {
      for (const id of idsIn(title)) tested.set(id, [...(tested.get(id) ?? []), `${file}: ${title}`]);
    }
  }
  const rows = [...enforced]
    .sort(([a], [b]) => collate(a, b))
    .map(([id, where]) => rowOf(id, [...where], tested.get(id) ?? []));
  const untested = rows
    .filter((row) => row.tests.length === 0)
    .map((row) => `${row.id} is enforced in ${row.where.join(', ')} and no test names it`);
  return { rows, gaps: [...untested, ...new Set(unknown)] };
}

function rowOf(id: string, where: readonly string[], tests: readonly string[]): RuleRow {
  const family = FAMILIES.find(({ form }) => new RegExp(`^${form.source.replaceAll('\\b', '')}$`).test(id));
  return { id, source: family?.source ?? '?', level: family?.level ?? 'must', where, tests };
}

function add(map: Map<string, Set<string>>, key: string, value: string): void {
  const set = map.get(key) ?? new Set<string>();
  set.add(value);
  map.set(key, set);
}

function idsIn(text: string): string[] {
  return FAMILIES.flatMap(({ form }) => [...text.matchAll(form)].map(([id]) => id));
}

/** Ids of a family that are outside its range. Only comments and titles are looked at, or base64 would name rules too. */
function strangers(text: string): string[] {
  const spoken = [...text.matchAll(/(?:\/\/|^\s*\*)[^\n]*|(?:test|describe)\(\s*['`][^'`\n]*/gm)]
    .map(([line]) => line)
    .join('\n');
  return FAMILIES.flatMap(({ form, first, last }) =>
    [...spoken.matchAll(form)].flatMap(([id, number]) => (Number(number) < first || Number(number) > last ? [id] : [])),
  );
}

function sources(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
}

const collate = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });
