// The options as a table for README, made from the schema itself.
import { z } from 'zod';
import { configSchema } from './schema.ts';

export interface ConfigRow {
  readonly option: string;
  readonly type: string;
  readonly standard: string;
  readonly meaning: string;
}

interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly default?: unknown;
  readonly standard?: string;
  /** A duration without a default. */
  readonly duration?: boolean;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
}

/** One row per option, dotted names, in the order of the schema. */
export function configTable(): readonly ConfigRow[] {
  const schema = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  return rowsOf(schema, '');
}

function rowsOf(schema: JsonSchema, prefix: string): ConfigRow[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
    const nested =
      inner.properties !== undefined ? rowsOf(inner, `${prefix}${name}.`) : itemRows(inner, `${prefix}${name}[].`);
    if (nested.length > 0) return nested;
    return [
      { option: prefix + name, type: typeOf(inner), standard: standardOf(inner), meaning: inner.description ?? '' },
    ];
  });
}

const itemRows = (schema: JsonSchema, prefix: string): ConfigRow[] =>
  schema.items?.properties === undefined ? [] : rowsOf(schema.items, prefix);

function typeOf(schema: JsonSchema): string {
  if (schema.enum !== undefined) return schema.enum.join(' · ');
  if (schema.type === 'array') return `lijst van ${schema.items?.enum?.join(' · ') ?? schema.items?.type ?? 'waarden'}`;
  return schema.standard !== undefined || schema.duration === true ? 'duur' : (schema.type ?? '');
}

function standardOf(schema: JsonSchema): string {
  if (schema.standard !== undefined) return schema.standard;
  return schema.default === undefined ? '' : JSON.stringify(schema.default);
}

/** The table as Markdown. */
export function renderConfigTable(): string {
  const rows = configTable().map(
    (row) =>
      `| \`${row.option}\` | ${row.type} | ${row.standard === '' ? '' : `\`${row.standard}\``} | ${row.meaning} |`,
  );
  return ['| Optie | Soort | Standaard | Betekenis |', '|---|---|---|---|', ...rows].join('\n');
}
