// Row 125: what a document may take of a worker. One that takes more costs itself only: rejected with the reason, the next served.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { INLINE_VALIDATION_BYTES, openSchemas, type Schemas } from '../../adapter/xsd/index.ts';
import { WORKER_LIMITS, type WorkerLimits } from '../../adapter/xsd/worker-pool.ts';

const ID = 'proef';
const NAMESPACE = 'urn:proef';
/** Choices in a repetition in a repetition: every further letter of a value that does not match doubles the ways to try. */
const CATASTROPHIC = '((a|aa)+(a|aaa)*)*b';

/** A content schema with a pattern that can take for ever. */
const SCHEMA = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:p="${NAMESPACE}" targetNamespace="${NAMESPACE}" elementFormDefault="qualified">
<xs:simpleType name="w"><xs:restriction base="xs:string"><xs:pattern value="${CATASTROPHIC}"/></xs:restriction></xs:simpleType>
<xs:element name="r"><xs:complexType><xs:sequence>
<xs:element name="a" type="p:w" minOccurs="0" maxOccurs="unbounded"/>
</xs:sequence></xs:complexType></xs:element></xs:schema>`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dk-limits-'));
  const entry = { id: ID, file: 'proef.xsd', rootName: 'r', rootNamespace: NAMESPACE, grade: 'strict' };
  writeFileSync(join(folder, 'catalogue.json'), JSON.stringify([entry]));
  writeFileSync(join(folder, 'proef.xsd'), SCHEMA);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let schemas: Schemas;
afterEach(() => schemas.close());

const documentOf = (elements: string): Buffer =>
  Buffer.from(`<r xmlns="${NAMESPACE}"><!--${' '.repeat(INLINE_VALIDATION_BYTES)}-->${elements}</r>`);
const GOOD = documentOf('<a>aab</a>');
/** Each value just within the ways that libxml2 is willing to try, which is most of a second; together ten minutes. */
const HANGS = documentOf(`<a>${'a'.repeat(16)}c</a>`.repeat(1000));
const LARGE_ELEMENTS = 500_000;
/** Many small elements, below the bound on their number: a tree of a hundred megabytes on either side. */
const LARGE = documentOf('<a>b</a>'.repeat(LARGE_ELEMENTS));
/** The same, with a finding at its end: for its place the tree is read into the heap as well. */
const LARGE_WRONG = documentOf(`${'<a>b</a>'.repeat(LARGE_ELEMENTS)}<b/>`);

describe('row 125 a document that takes more than a worker has', () => {
  test.each<[string, Buffer, Partial<WorkerLimits>, string]>([
    ['time: a pattern that tries every way', HANGS, { timeMs: 6000 }, 'longer than 6000 ms'],
    ['heap', LARGE_WRONG, { heapMegabytes: 24 }, 'ERR_WORKER_OUT_OF_MEMORY'],
    ['memory of libxml2', LARGE, { wasmMegabytes: 32 }, 'needed more than 32 MB for libxml2'],
  ])(
    '%s: rejected with the reason, also in every worker at once; what waits behind it is served, and the pool is whole',
    async (_, bad, limits, reason) => {
      schemas = await openSchemas(folder, { ...WORKER_LIMITS, ...limits });
      expect((await schemas.validate(GOOD, ID)).issues).toEqual([]);
      const lost = [schemas.validate(bad, ID), schemas.validate(bad, ID)];
      const waiting = [schemas.validate(GOOD, ID), schemas.validate(GOOD, ID)];
      for (const one of await Promise.allSettled(lost)) {
        expect(one.status).toBe('rejected');
        if (one.status === 'rejected') expect(String(one.reason)).toContain(reason);
      }
      for (const { valid } of await Promise.all(waiting)) expect(valid).toBe(true);
      const again = schemas.validate(bad, ID);
      const beside = schemas.validate(GOOD, ID);
      expect((await beside).valid).toBe(true);
      await expect(again).rejects.toThrow(reason);
      expect((await schemas.validate(GOOD, ID)).valid).toBe(true);
    },
    60_000,
  );

  test('and one that takes less is judged: within the limits of the product', async () => {
    schemas = await openSchemas(folder);
    expect((await schemas.validate(LARGE, ID)).issues).toEqual([]);
    expect((await schemas.validate(LARGE_WRONG, ID)).issues.map(({ code }) => code)).toEqual(['unexpected']);
  }, 60_000);

  test('the limits of the product are a minute and a gigabyte each', () => {
    expect(WORKER_LIMITS).toEqual({ timeMs: 60_000, heapMegabytes: 1024, wasmMegabytes: 1024 });
  });
});

describe('row 125 a text in pieces, which libxml2 measures anew at each piece', () => {
  const half = (bytes: number, piece: string): string =>
    'x'.repeat(bytes / 2) + piece.repeat(Math.floor(bytes / 2 / piece.length));
  const inline = (elements: string): Buffer => Buffer.from(`<r xmlns="${NAMESPACE}">${elements}</r>`);
  const codesOf = async (bytes: Buffer): Promise<string[]> => {
    schemas = await openSchemas(folder);
    return (await schemas.validate(bytes, ID)).issues.map(({ code }) => code);
  };

  test.each(['x<!---->', 'x<?a?>', '<![CDATA[x]]>', ' <!---->'])(
    'of 250 kB on the event loop and of 1 MB in a worker, cut by %j: refused unread',
    async (piece) => {
      expect(await codesOf(inline(`<a>${half(250_000, piece)}</a>`))).toEqual(['tooMany']);
      await schemas.close();
      expect(await codesOf(documentOf(`<a>${half(1_000_000, piece)}</a>`))).toEqual(['tooMany']);
    },
  );

  test.each([
    ['a hundred pieces of one text', `<a>${'<!---->b<?a?><![CDATA[b]]>'.repeat(100)}</a>`],
    ['a comment before each of 20 000 elements', '\n    <!-- a -->\n    <a>b</a>'.repeat(20_000)],
    ['a megabyte in one CDATA section', `<a><![CDATA[${'b'.repeat(1_000_000)}]]></a>`],
  ])('%s: judged', async (_, elements) => {
    expect(await codesOf(documentOf(elements))).not.toContain('tooMany');
  });
});
