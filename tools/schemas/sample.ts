// Makes sample messages from the tables: valid, with test values only; for the demo, the simulated partners and tests.
import {
  type ClassModel,
  type MessageModel,
  models,
  OPEN_CONTENT,
  type Particle,
  type StandardModel,
} from './model.ts';
import type { SimpleRow } from './tables/form.ts';

export interface SampleOptions {
  /** CBS code; a code that no municipality has. */
  readonly gemeente?: string;
  /** AGB code of a provider. */
  readonly aanbieder?: string;
  /** Test BSN that passes the eleven test. */
  readonly bsn?: string;
  /** BerichtIdentificatie/Identificatie, at most 12 characters. */
  readonly identificatie?: string;
  /** Every optional element, and two of everything that may repeat. */
  readonly full?: boolean;
}

const DATE = '2026-01-15';
const DEFAULTS = {
  gemeente: '9999',
  aanbieder: '99999901',
  bsn: '999900006',
  identificatie: 'PROEF0000001',
  full: false,
};

interface Context {
  readonly standard: StandardModel;
  readonly message: MessageModel;
  readonly options: Required<SampleOptions>;
}

/** `WMO301` … `JW325` and the provisional ones. Throws for a message that no table describes. */
export function sampleMessage(code: string, options: SampleOptions = {}): string {
  for (const standard of models()) {
    const message = standard.messages.find((candidate) => candidate.code === code);
    if (message !== undefined) return write({ standard, message, options: { ...DEFAULTS, ...options } });
  }
  throw new Error(`no table describes ${code}`);
}

/** Codes of every message that can be made. */
export const sampleCodes = (): readonly string[] =>
  models().flatMap((standard) => standard.messages.map((message) => message.code));

function write(context: Context): string {
  const { message, standard } = context;
  const root = classNamed('Root', message) ?? message.classes[0];
  if (root === undefined) throw new Error(`${message.code} has no classes`);
  const { prefix } = standard.table;
  const names = `xmlns:${message.prefix}="${message.namespace}" xmlns:${prefix}="${standard.basisNamespace}"`;
  const tag = `${message.prefix}:Bericht`;
  const inner = contentOf(root.particles, message.prefix, context, 1);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${tag} ${names}>\n${inner}</${tag}>\n`;
}

const classNamed = (name: string, message: MessageModel): ClassModel | undefined =>
  message.classes.find((model) => model.name === name);

function contentOf(particles: readonly Particle[], prefix: string, context: Context, depth: number): string {
  return particles
    .map((particle) =>
      times(particle, context)
        .map(() => element(particle, prefix, context, depth))
        .join(''),
    )
    .join('');
}

/** A retourbericht without content and a class that refers to itself stay small. */
function times(particle: Particle, { options }: Context): readonly undefined[] {
  if (particle.name === OPEN_CONTENT) return [];
  if (particle.min === 0 && !options.full) return [];
  return Array.from({ length: particle.many && options.full ? 2 : 1 });
}

function element(particle: Particle, prefix: string, context: Context, depth: number): string {
  const indent = '  '.repeat(depth);
  const tag = `${prefix}:${particle.name}`;
  const simple = context.standard.simple.get(particle.type);
  if (simple !== undefined) return `${indent}<${tag}>${exampleFor(particle, simple, context)}</${tag}>\n`;
  const composed = context.standard.composed.get(particle.type);
  const inner =
    composed !== undefined
      ? contentOf(composed, context.standard.table.prefix, context, depth + 1)
      : contentOf(
          classNamed(particle.type, context.message)?.particles ?? [],
          context.message.prefix,
          context,
          depth + 1,
        );
  return `${indent}<${tag}>\n${inner}${indent}</${tag}>\n`;
}

function exampleFor(particle: Particle, row: SimpleRow, context: Context): string {
  const { options } = context;
  const { name, type, pattern } = particle;
  if (pattern !== undefined && /^\d+$/.test(pattern)) return pattern;
  const ofType = ofMessageType(name, context);
  if (ofType !== undefined) return ofType;
  if (type === 'LDT_Gemeente') return options.gemeente;
  if (type === 'LDT_AgbCode') return options.aanbieder;
  if (type === 'LDT_BurgerServicenummer') return options.bsn;
  if (name === 'Identificatie') return options.identificatie;
  const code = row.codes?.split(' ')[0];
  if (code !== undefined) return code;
  return row.base === 'string' ? textFor(row, pattern) : (BASE_VALUES[row.base] ?? '1');
}

/** What the header says of itself, also where the schema leaves it open. */
function ofMessageType(name: string, { message, standard }: Context): string | undefined {
  if (name === 'BerichtCode') return message.berichtCode;
  if (name === 'BerichtVersie') return String(standard.table.major);
  return name === 'BerichtSubversie' ? String(standard.table.minor) : undefined;
}

const BASE_VALUES: Readonly<Record<string, string>> = { integer: '1', date: DATE, time: '09:30:00' };

/** Values for the patterns of the tables; the first that fits pattern and length is taken. */
const EXAMPLES = ['Proef', '1.0.0', '1234AB', '99999901', '9999', '999900006', '12345', '1', 'A', '01', 'ab', 'X1'];

function textFor(row: SimpleRow, extra: string | undefined): string {
  const [min = 0, max = 1000] = row.length ?? [];
  const patterns = [row.pattern, extra].flatMap((source) =>
    source === undefined ? [] : [new RegExp(`^(?:${source})$`)],
  );
  const fitting = EXAMPLES.find(
    (text) => text.length >= min && text.length <= max && patterns.every((one) => one.test(text)),
  );
  if (fitting === undefined)
    throw new Error(`no example fits ${row.pattern ?? '(no pattern)'} of ${min} to ${max} characters`);
  return fitting;
}
