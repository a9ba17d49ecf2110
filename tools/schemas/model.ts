// Expands the compact tables to full types and messages: headers, return messages, shared types.
import type { ContentRow, MessageRow, SimpleRow, StandardTable } from './tables/form.ts';
import { TABLES } from './tables/index.ts';

/** One child of a class; `type` starting with LDT_ or CDT_ lives in the basisschema, any other in the message. */
export interface Particle {
  readonly name: string;
  readonly type: string;
  readonly pattern?: string;
  readonly min: 0 | 1;
  readonly many: boolean;
}

export interface ClassModel {
  readonly name: string;
  readonly particles: readonly Particle[];
  readonly orderFree: boolean;
}

export interface MessageModel {
  readonly code: string;
  readonly berichtCode: string | undefined;
  readonly namespace: string;
  readonly prefix: string;
  readonly classes: readonly ClassModel[];
}

export interface StandardModel {
  readonly table: StandardTable;
  readonly basisNamespace: string;
  readonly simple: ReadonlyMap<string, SimpleRow>;
  readonly composed: ReadonlyMap<string, readonly Particle[]>;
  readonly messages: readonly MessageModel[];
}

const PARTICLE = /^(?<name>##any|\w+)(?::(?<type>\w+))?(?:\{(?<pattern>.+)\})?(?<card>[?+*]?)$/;
const PARTY_TYPE: Readonly<Record<string, string>> = { gemeente: 'LDT_Gemeente', aanbieder: 'LDT_AgbCode' };
const RETURN_HEADER =
  'IdentificatieRetour:LDT_IdentificatieBericht DagtekeningRetour:LDT_Datum XsltVersie:LDT_Versie? XsdVersieRetour:CDT_XsdVersie RetourCodes?';
export const OPEN_CONTENT = '##any';

/** Reads a content row of a table. Throws on a row that breaks the form: that is a mistake in the table. */
export function parseContent(row: ContentRow): readonly Particle[] {
  return row.split(' ').map((token) => {
    const groups = PARTICLE.exec(token)?.groups;
    if (groups?.name === undefined) throw new Error(`not a particle: ${token}`);
    const name = groups.name;
    const card = name === OPEN_CONTENT ? '*' : (groups.card ?? '');
    const pattern = groups.pattern;
    return {
      name,
      type: groups.type ?? name,
      ...(pattern === undefined ? {} : { pattern }),
      min: card === '?' || card === '*' ? 0 : 1,
      many: card === '+' || card === '*',
    };
  });
}

/** A wrapper is the plural of a class that may repeat; it carries no return codes. */
export function isWrapper(particles: readonly Particle[]): boolean {
  return particles.length === 1 && particles[0]?.many === true;
}

export function expand(table: StandardTable): StandardModel {
  const base = `http://www.istandaarden.nl/${table.prefix}/${table.major}_${table.minor}`;
  return {
    table,
    basisNamespace: `${base}/basisschema/schema`,
    simple: new Map(ordered(inherited(table, (from) => from.simple))),
    composed: new Map(
      ordered(inherited(table, (from) => from.composed)).map(([name, row]) => [name, parseContent(row)]),
    ),
    messages: table.messages.map((row) => ({
      code: row.code,
      berichtCode: row.berichtCode,
      namespace: `${base}/${row.code.toLowerCase()}/schema`,
      prefix: row.code.toLowerCase(),
      classes: classesOf(table, row),
    })),
  };
}

export function models(): readonly StandardModel[] {
  return TABLES.map(expand);
}

const ordered = <T>(rows: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(rows).sort(([a], [b]) => (a < b ? -1 : 1));

function inherited<T>(
  table: StandardTable,
  pick: (table: StandardTable) => Readonly<Record<string, T>>,
): Record<string, T> {
  const parent = TABLES.find((candidate) => candidate.id === table.basedOn);
  const rows = parent === undefined ? {} : pick(parent);
  const shared = table.shares?.split(' ');
  const taken = Object.entries(rows).filter(([name]) => shared === undefined || shared.includes(name));
  return { ...Object.fromEntries(taken), ...pick(table) };
}

function classesOf(table: StandardTable, row: MessageRow): readonly ClassModel[] {
  const request = row.returns === undefined ? row : table.messages.find((candidate) => candidate.code === row.returns);
  if (request?.types === undefined) throw new Error(`${row.code}: no classes`);
  const own = Object.entries(request.types).map(([name, content]): ClassModel => {
    const particles = parseContent(content);
    return { name, particles, orderFree: isOrderFree(table, name, particles) };
  });
  const header: ClassModel = { name: 'Header', particles: headerOf(table, row, request), orderFree: false };
  if (own.some((model) => model.name === 'Header')) return own;
  const [root, ...rest] = own;
  if (root === undefined) throw new Error(`${row.code}: no root`);
  if (row.returns === undefined) return [root, header, ...rest];
  return [optionalContent(root), header, ...rest.map(withReturnCodes), returnCodes()];
}

function isOrderFree(table: StandardTable, name: string, particles: readonly Particle[]): boolean {
  return table.orderFree === true && name !== 'Root' && name !== 'Header' && !isWrapper(particles);
}

function headerOf(table: StandardTable, row: MessageRow, request: MessageRow): readonly Particle[] {
  // The code of an envelope-only standard is expected, not demanded (istandaarden.md section 6, grade C).
  const code = table.grade === 'envelope' || row.berichtCode === undefined ? '' : `{${row.berichtCode}}`;
  const subversion = table.subversions ?? (table.grade === 'envelope' ? '' : String(table.minor));
  const parties = [partyRow('Afzender', request.from), partyRow('Ontvanger', request.to)];
  const content = [
    `BerichtCode:LDT_BerichtCode${code}`,
    `BerichtVersie:LDT_BerichtVersie{${table.major}}`,
    `BerichtSubversie:LDT_BerichtSubversie${subversion === '' ? '' : `{${subversion}}`}`,
    ...parties.filter((party) => party !== undefined),
    'BerichtIdentificatie:CDT_BerichtIdentificatie',
    'XsdVersie:CDT_XsdVersie',
    ...(row.returns === undefined ? [] : [RETURN_HEADER]),
  ];
  return parseContent(content.join(' '));
}

/** CAK, VWS and SVB are implied: the header then names the municipality only. */
function partyRow(element: string, party: string | undefined): string | undefined {
  const type = PARTY_TYPE[party ?? ''];
  return type === undefined ? undefined : `${element}:${type}`;
}

function optionalContent(root: ClassModel): ClassModel {
  const particles = root.particles.map((particle) =>
    particle.name === 'Header' ? particle : { ...particle, min: 0 as const },
  );
  return { ...root, particles };
}

function withReturnCodes(model: ClassModel): ClassModel {
  const open = model.particles.some((particle) => particle.name === OPEN_CONTENT);
  if (open || isWrapper(model.particles)) return model;
  return { ...model, particles: [...model.particles, ...parseContent('RetourCodes')] };
}

function returnCodes(): ClassModel {
  return { name: 'RetourCodes', particles: parseContent('RetourCode:LDT_RetourCode+'), orderFree: false };
}
