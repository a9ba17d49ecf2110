// Content-Type values, cid references and file names.
import { describe, expect, test } from '@jest/globals';
import { contentIdOfHref, parseContentType } from '../../adapter/mime/index.ts';
import { packageOf, readBack, SOAP_PART } from '../fixtures/wire/mime.ts';

describe('Content-Type', () => {
  test('R4 the media type is lower-cased, names are lower-cased, values are unquoted', () => {
    const type = parseContentType('Multipart/Related; TYPE="text/xml";Boundary="-=a\\"b\\\\=-" ; start=<x@y>;');
    expect(type?.mediaType).toBe('multipart/related');
    expect([...(type?.parameters ?? [])]).toEqual([
      ['type', 'text/xml'],
      ['boundary', '-=a"b\\=-'],
      ['start', '<x@y>'],
    ]);
  });

  test.each([
    ['no value', undefined],
    ['empty', ''],
    ['no subtype', 'multipart'],
    ['a blank inside', 'text / xml'],
    ['unfinished quoted string', 'multipart/related; boundary="b'],
    ['escape at the end', 'multipart/related; boundary="b\\'],
    ['a parameter twice', 'multipart/related; boundary=a; Boundary=b'],
    ['a parameter without value', 'multipart/related; boundary'],
    ['an empty unquoted value', 'multipart/related; boundary='],
    ['text behind a quoted value', 'multipart/related; boundary="a"b'],
    ['two values', 'multipart/related; boundary=a b'],
    ['row 101 an empty boundary', 'multipart/related; boundary=""'],
    ['row 101 a boundary of 71 characters', `multipart/related; boundary="${'b'.repeat(71)}"`],
    ['row 101 a boundary that ends in a blank', 'multipart/related; boundary="b "'],
    ['row 101 a boundary with a line end', 'multipart/related; boundary="a\nb"'],
  ])('row 101 refused: %s', (_name, value) => {
    expect(parseContentType(value)).toBeUndefined();
  });

  test.each([
    ['70 characters', 'b'.repeat(70)],
    ['regular expression characters', '.*+?^$(){}[]|'],
    ['as ebms-core writes it', '-=7f7791d9-ab10-4d3a-9ae0-7f7ddc6ee290=-'],
  ])('row 101 a boundary is accepted: %s', (_name, boundary) => {
    expect(parseContentType(`multipart/related; boundary="${boundary}"`)?.parameters.get('boundary')).toBe(boundary);
  });

  test('row 110 a value of a megabyte is read in linear time', () => {
    const started = performance.now();
    expect(
      parseContentType(`text/xml;${' '.repeat(500_000)}a="${'\\"'.repeat(250_000)}"`)?.parameters.get('a'),
    ).toHaveLength(250_000);
    expect(parseContentType(`text/xml${'; '.repeat(500_000)}`)?.mediaType).toBe('text/xml');
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe('R14 T68 row 108 cid references', () => {
  test.each([
    ['cid:p1@a.example', 'p1@a.example'],
    ['cid:p1%40a.example', 'p1@a.example'],
    ['CID:p%20q', 'p q'],
    ['cid:100%', '100%'],
    ['cid:', undefined],
    ['http://a.example/p1', undefined],
    ['p1@a.example', undefined],
  ])('%s', (href, id) => {
    expect(contentIdOfHref(href)).toBe(id);
  });
});

describe('row 108 DK-056 a file name is a label, never a path', () => {
  const nameOf = async (header: string): Promise<string | undefined> => {
    const read = await readBack(packageOf(SOAP_PART, Buffer.from(`${header}\r\nContent-ID: <p@a>\r\n\r\nx`, 'utf8')));
    expect(read.result.ok).toBe(true);
    return read.headers[1]?.fileName;
  };

  test.each([
    ['Content-Disposition: attachment; filename="a b.xml"', 'a b.xml'],
    ['Content-Disposition: attachment; filename=a=b.xml', 'a=b.xml'],
    ['Content-Disposition: attachment; filename="a\\"b.xml"', 'a"b.xml'],
    ['Content-Disposition: attachment; filename="a"b; c.xml"', 'a"b; c.xml'],
    ['Content-Disposition: attachment; filename="één.xml"', 'één.xml'],
    ['Content-Disposition: attachment; filename=""', undefined],
    ['Content-Disposition: attachment; filename="null"', 'null'],
    ['Content-Disposition: attachment', undefined],
    ['Content-Disposition: ;;;"', undefined],
    ["Content-Disposition: attachment; filename*=UTF-8''%C3%A9%20n.xml", 'é n.xml'],
    ["Content-Disposition: attachment; filename*=ISO-8859-1'nl'%E9.xml", 'é.xml'],
    ["Content-Disposition: attachment; filename*=nonsense''%E9.xml", 'é.xml'],
    ['Content-Disposition: attachment; filename*0*=UTF-8\'\'%C3; filename*1*=%A9; filename*2="%.xml"', 'é%.xml'],
    ['Content-Disposition: attachment; filename*0="long"; filename*1="er.xml"', 'longer.xml'],
    ['Content-Disposition: attachment; filename="=?UTF-8?B?w6k=?= =?utf-8?q?=C3=A9_x.xml?="', 'éé x.xml'],
    ['Content-Type: text/plain; name="n.txt"', 'n.txt'],
    ['Content-Disposition: attachment; filename="../../etc/passwd"', 'passwd'],
    ["Content-Disposition: attachment; filename*=UTF-8''..%2F..%2Fx", 'x'],
    ['Content-Disposition: attachment; filename="C:\\\\dir\\\\x.xml"', 'x.xml'],
    ['Content-Disposition: attachment; filename=".."', undefined],
    ["Content-Disposition: attachment; filename*=UTF-8''a%00%0d%0ab%E2%80%AEc", 'abc'],
    [`Content-Disposition: attachment; filename="${'x'.repeat(4096)}"`, 'x'.repeat(255)],
  ])('%s', async (header, name) => {
    expect(await nameOf(header)).toBe(name);
  });
});
