// The table of options in README says what the schema does: every option, its kind, its default, its meaning.
import { expect, test } from '@jest/globals';
import { configTable, renderConfigTable } from '../../adapter/config/index.ts';
import { OIN, read } from './given.ts';

const rows = configTable();
const rowOf = (option: string) => rows.find((row) => row.option === option);

/** Every option that a configuration with one of everything has, as the table names them. */
function optionsOf(value: unknown, prefix: string): readonly string[] {
  if (Array.isArray(value) && typeof value[0] === 'object') return optionsOf(value[0], `${prefix}[]`);
  if (typeof value !== 'object' || value === null || Array.isArray(value) || prefix === 'content') return [prefix];
  return Object.entries(value).flatMap(([name, inner]) => optionsOf(inner, prefix === '' ? name : `${prefix}.${name}`));
}

const EVERYTHING = {
  endpoint: { keyFile: 'k', certFile: 'c', plainHttpPort: 1 },
  client: { keyFile: 'k', certFile: 'c', overallTimeout: '1s' },
  signing: [{ keyFile: 'k', certFile: 'c' }],
  api: { keys: [{ name: 'a', sha256: 'ab'.repeat(32), roles: ['operator'] }] },
  routes: [
    {
      functies: ['x'],
      product: 'iWmo',
      ontvanger: '*',
      cpaId: 'c',
      fromPartyId: OIN,
      toPartyId: OIN,
      service: 's',
      serviceType: 't',
      action: 'a',
      fromRole: 'r',
      toRole: 'r',
    },
  ],
  hub: {
    senders: [{ partyId: OIN, zenders: ['1'] }],
    directions: [{ functie: 'WMO507', from: 'SVB', to: 'gemeente' }],
  },
  schemasDir: 'x',
};

test('every option has one row, and every row is an option', () => {
  const options = optionsOf(read(EVERYTHING), '');
  expect(rows.map((row) => row.option).sort()).toEqual([...options].sort());
  expect(new Set(options).size).toBe(options.length);
});

test('every row has a kind and a meaning', () => {
  expect(rows.filter((row) => row.type === '' || row.meaning === '').map((row) => row.option)).toEqual([]);
});

test('the default of the table is what an empty configuration gets', () => {
  const config = read({});
  const at = (option: string): unknown =>
    option.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], config);
  const inside = rows.filter((row) => !row.option.includes('[]') && !row.option.startsWith('hub.'));
  expect(inside.length).toBeGreaterThan(35);
  for (const { option, type, standard } of inside) {
    if (standard === '') expect([option, at(option)]).toEqual([option, undefined]);
    else if (type !== 'duur') expect([option, at(option)]).toEqual([option, JSON.parse(standard)]);
  }
});

test('the default of a duration in the table, given as a value, is the default', () => {
  const durations = rows.filter((row) => row.type === 'duur');
  expect(durations.map((row) => row.option)).toEqual([
    'endpoint.bodyTimeout',
    'client.connectTimeout',
    'client.responseTimeout',
    'client.overallTimeout',
    'worker.poll',
    'worker.lease',
    'retention.ids',
    'retention.clockTolerance',
  ]);
  for (const { option, standard } of durations) {
    if (standard === '') continue;
    const [section = '', name = ''] = option.split('.');
    const value = (config: object): unknown => (config as Record<string, Record<string, unknown>>)[section]?.[name];
    expect([option, value(read({ [section]: { [name]: standard } }))]).toEqual([option, value(read({}))]);
  }
});

test('enumerations are listed', () => {
  expect(rowOf('mode')).toMatchObject({ type: 'development · production', standard: '"development"' });
  expect(rowOf('api.keys[].roles')?.type).toBe('lijst van application · operator');
});

test('the Markdown has a head and one whole line of four cells for each option', () => {
  const lines = renderConfigTable().split('\n');
  expect(lines[1]).toBe('|---|---|---|---|');
  expect(lines.slice(2).map((line) => line.split('`')[1])).toEqual(rows.map((row) => row.option));
  for (const line of lines) expect(line.match(/\|/g)).toHaveLength(5);
});
