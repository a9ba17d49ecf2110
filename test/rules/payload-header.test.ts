// The header of a payload is read as an XML reader reads it, in linear time.
import { describe, expect, test } from '@jest/globals';
import { messageType, payloadHeader } from '../../adapter/ggk/index.ts';
import { sampleCodes, sampleMessage } from '../../tools/schemas/sample.ts';

const read = (xml: string) => payloadHeader(Buffer.from(xml));
const header = (inside: string): string => `<p:Bericht xmlns:p="urn:p"><p:Header>${inside}</p:Header></p:Bericht>`;

describe('the header of a payload', () => {
  test('P-020 a WMO301', () => {
    expect(read(sampleMessage('WMO301'))).toEqual({
      rootName: 'Bericht',
      namespace: 'http://www.istandaarden.nl/iwmo/3_2/wmo301/schema',
      berichtCode: '414',
      berichtVersie: '3',
      berichtSubversie: '2',
      afzender: '9999',
      ontvanger: '99999901',
    });
  });

  test.each([
    ['a comment inside the value', '<p:Afzender>99<!-- 88 -->99</p:Afzender>'],
    ['CDATA', '<p:Afzender><![CDATA[9999]]></p:Afzender>'],
    ['an instruction inside the value', '<p:Afzender>9<?x <p:Afzender>8888</p:Afzender>?>999</p:Afzender>'],
    ['white space around it', '<p:Afzender\n>\n 9999\t</p:Afzender >'],
    ['a decoy in an instruction', '<?x <p:Afzender>8888</p:Afzender>?><p:Afzender>9999</p:Afzender>'],
    ['a decoy in CDATA', '<![CDATA[<p:Afzender>8888</p:Afzender>]]><p:Afzender>9999</p:Afzender>'],
    ['a decoy in a comment', '<!-- <p:Afzender>8888</p:Afzender>--><p:Afzender>9999</p:Afzender>'],
    ['a decoy in an attribute', `<p:x y="><p:Afzender>8888</p:Afzender>"/><p:Afzender>9999</p:Afzender>`],
  ])('row 122 %s', (_name, inside) => {
    expect(read(header(inside))).toEqual({ rootName: 'Bericht', namespace: 'urn:p', afzender: '9999' });
  });

  test('row 122 a decoy of the root in an instruction before it', () => {
    expect(read(`<?x <q:Fout xmlns:q="urn:q"> ?>${header('')}`)).toEqual({ rootName: 'Bericht', namespace: 'urn:p' });
  });

  test('what stands behind the Header, or is too long, is not read', () => {
    const behind = header('<p:Ontvanger>1</p:Ontvanger>').replace(
      '</p:Bericht>',
      '<p:Afzender>9</p:Afzender></p:Bericht>',
    );
    expect(read(behind)).toEqual({ rootName: 'Bericht', namespace: 'urn:p', ontvanger: '1' });
    expect(read(header(`<p:Ontvanger>${'1'.repeat(41)}</p:Ontvanger>`))).toEqual({
      rootName: 'Bericht',
      namespace: 'urn:p',
    });
  });

  test.each([
    ['blanks in a value', `<a><Header><Afzender>${' '.repeat(16_000)}x<`],
    ['blanks in a tag', `<a><Header${' '.repeat(16_000)}`],
    ['comments that do not end', '<!--'.repeat(4000)],
    ['start tags', '<Afzender>'.repeat(1600)],
    ['quotes', `<a ${`"'`.repeat(8000)}`],
    ['blanks before the root', ' '.repeat(16_000)],
  ])('row 118 16 kB of %s take linear time', (_name, xml) => {
    const { user } = process.cpuUsage();
    for (let again = 0; again < 10; again += 1) read(xml);
    expect((process.cpuUsage().user - user) / 1e6).toBeLessThan(3);
  });

  test.each([
    ['a comment', `<!--${'-x'.repeat(100_000)}-->`],
    ['many comments', '<!-- x -->'.repeat(2000)],
    ['an instruction', `<?x ${'y'.repeat(200_000)}?>`],
    ['blanks', ' '.repeat(200_000)],
  ])('row 156 %s before the root, as long as they are valid, hide no header', (_name, before) => {
    expect(read(`${before}${header('<p:Afzender>9999</p:Afzender>')}`)).toMatchObject({ afzender: '9999' });
    expect(read(header(`${before}<p:Afzender>9999</p:Afzender>`))).toMatchObject({ afzender: '9999' });
  });

  test('a value behind very many blanks is none: it is read to a bound', () => {
    const long = `<p:Afzender>${' '.repeat(20_000)}9999</p:Afzender>`;
    expect(read(header(`${long}<p:Ontvanger>1</p:Ontvanger>`))).toEqual({
      rootName: 'Bericht',
      namespace: 'urn:p',
      ontvanger: '1',
    });
  });

  test.each([
    ['one comment', `<!--${'-x'.repeat(12_000_000)}-->`],
    ['comments', '<!---->'.repeat(3_500_000)],
    ['start tags', '<a>'.repeat(8_000_000)],
    ['quotes in a tag', `<a ${'"'.repeat(24_000_000)}`],
    ['CDATA', `<a>${'<![CDATA[x]]>'.repeat(2_000_000)}`],
  ])('row 118 25 MB of %s are no more work than a look', (_name, xml) => {
    const bytes = Buffer.from(xml);
    const { user } = process.cpuUsage();
    payloadHeader(bytes);
    expect((process.cpuUsage().user - user) / 1e6).toBeLessThan(2);
  });

  test.each(sampleCodes())('D9 the header of the sample %s says what the catalogue of message types says', (code) => {
    const type = messageType(code);
    const { berichtCode, berichtVersie, berichtSubversie } = read(sampleMessage(code)) ?? {};
    if (type?.berichtCode !== undefined) expect(berichtCode).toBe(type.berichtCode);
    if (type?.functieVersie !== undefined)
      expect([Number(berichtVersie), Number(berichtSubversie)]).toEqual([
        Number(type.functieVersie),
        Number(type.functieSubversie),
      ]);
  });

  test('no start tag: undefined', () => {
    expect([read(''), read('tekst'), read('<!-- <a> -->'), read('<')]).toEqual(Array(4).fill(undefined));
  });
});
