// Row 156: every facet, cardinality, order and name of the tables, broken once, is refused with place and rule and without the value.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openSchemas, type SchemaIssue, type Schemas } from '../../adapter/xsd/index.ts';
import { type MessageModel, models, type StandardModel } from '../../tools/schemas/model.ts';
import { sampleMessage } from '../../tools/schemas/sample.ts';
import { freeOrders, type Mutation, mutations, PLANTED, valueIn } from '../fixtures/schemas-mutations.ts';

let schemas: Schemas;
beforeAll(async () => {
  schemas = await openSchemas(new URL('../../schemas', import.meta.url));
});
afterAll(() => schemas.close());

const all = models().flatMap((standard) => standard.messages.map((message) => ({ standard, message })));
const idOf = (standard: StandardModel, message: MessageModel): string => `${standard.table.id}/${message.prefix}`;

/** What is wrong with the findings for one mutation; empty when they are as they should be. */
function complaints(mutation: Mutation, issues: readonly SchemaIssue[]): string[] {
  if (issues.length === 0) return ['accepted'];
  const found: string[] = [];
  if (!issues.some(({ code }) => mutation.codes.includes(code)))
    found.push(`codes ${issues.map(({ code }) => code).join(' ')} instead of ${mutation.codes.join(' or ')}`);
  const lines = mutation.xml.split('\n').length;
  for (const { line, path, message } of issues) {
    if (!Number.isInteger(line) || line < 1 || line > lines) found.push(`line ${line}`);
    if (!/^\/\w+(\[\d+\])?(\/\w+(\[\d+\])?)*$/.test(path)) found.push('no path');
    if (message === '') found.push('no message');
  }
  if (mutation.path !== undefined && !issues.some(({ path }) => path === mutation.path)) found.push('another path');
  const place = mutation.path?.split('/').at(-1)?.replace(/\[.*/, '');
  if (place !== undefined) {
    const text = mutation.xml.split('\n')[(issues.find(({ path }) => path === mutation.path)?.line ?? 0) - 1] ?? '';
    if (!text.includes(`:${place}`) && !mutation.what.endsWith('over lines')) found.push('another line');
  }
  if (JSON.stringify(issues).includes(PLANTED)) found.push('repeats the planted value');
  return found;
}

describe('row 156, row 159 every table row broken once', () => {
  test.each(all.map((one) => [idOf(one.standard, one.message), one] as const))('%s', async (id, one) => {
    const list = mutations(one.standard, one.message);
    const wrong: string[] = [];
    for (const mutation of list) {
      const { issues } = await schemas.validate(Buffer.from(mutation.xml), id);
      wrong.push(...complaints(mutation, issues).map((text) => `${mutation.what}: ${text}`));
    }
    expect(wrong).toEqual([]);
    expect(list.length).toBeGreaterThan(80);
  });

  test.each(
    all
      .filter(({ standard }) => standard.table.orderFree === true)
      .map((one) => [idOf(one.standard, one.message), one] as const),
  )('%s stays valid when elements whose order is only guessed come in another order', async (id, one) => {
    const swapped = freeOrders(one.standard, one.message);
    expect(swapped).toHaveLength(1);
    for (const xml of swapped) expect((await schemas.validate(Buffer.from(xml), id)).issues).toEqual([]);
  });
});

describe('the measure itself', () => {
  test('an unbroken message counts as wrongly accepted, and at least 10,000 breaks are tried in all', async () => {
    const xml = sampleMessage('WMO301', { full: true, bsn: PLANTED });
    const { issues } = await schemas.validate(Buffer.from(xml), 'iwmo-3.2/wmo301');
    expect(complaints({ what: 'nothing', xml, codes: ['pattern'] }, issues)).toEqual(['accepted']);
    const total = all.reduce((sum, { standard, message }) => sum + mutations(standard, message).length, 0);
    expect(total).toBeGreaterThan(10_000);
  });
});

describe('row 156 code lists', () => {
  test.each(models().map((standard) => [standard.table.id, standard] as const))(
    '%s: every code of every list in use is accepted where it belongs',
    async (_, standard) => {
      const wrong: string[] = [];
      let tried = 0;
      for (const [type, row] of standard.simple) {
        const place = row.codes === undefined ? undefined : placeOf(standard, type);
        for (const code of place === undefined ? [] : (row.codes?.split(' ') ?? [])) {
          const { valid } = await schemas.validate(Buffer.from(place?.write(code) ?? ''), place?.id ?? '');
          tried += 1;
          // A place may narrow the list with a pattern of its own; then the other codes are refused there.
          if (valid !== place?.allows(code)) wrong.push(`${type} ${code}`);
        }
      }
      expect(wrong).toEqual([]);
      // iEb 3.0 knows its header only, so it has no list in use.
      expect(tried).toBeGreaterThanOrEqual(standard.table.grade === 'envelope' ? 0 : 100);
    },
  );
});

interface ListPlace {
  readonly id: string;
  readonly write: (value: string) => string;
  readonly allows: (code: string) => boolean;
}

function placeOf(standard: StandardModel, type: string): ListPlace | undefined {
  for (const message of standard.messages) {
    const place = valueIn(standard, message, type);
    if (place === undefined) continue;
    const pattern = new RegExp(`^(?:${place.pattern ?? '.*'})$`);
    return { id: idOf(standard, message), write: place.write, allows: (code) => pattern.test(code) };
  }
  return undefined;
}
