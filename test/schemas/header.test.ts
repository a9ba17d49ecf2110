// The Header of a payload comes from the reader that validates it, inline and in a worker: nothing can be said to one and not to the other.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { messageType } from '../../adapter/ggk/index.ts';
import { INLINE_VALIDATION_BYTES, openSchemas, type Schemas } from '../../adapter/xsd/index.ts';
import { sampleCodes, sampleMessage } from '../../tools/schemas/sample.ts';

let schemas: Schemas;
beforeAll(async () => {
  schemas = await openSchemas(new URL('../../schemas', import.meta.url));
});
afterAll(() => schemas.close());

const ID = 'iwmo-3.2/wmo301';
const headerOf = async (xml: string | Uint8Array): Promise<Record<string, string>> =>
  Object.fromEntries((await schemas.validate(Buffer.from(xml), ID)).header);
const document = (inside: string): string => `<p:Bericht xmlns:p="urn:p"><p:Header>${inside}</p:Header></p:Bericht>`;

describe('the header of a payload', () => {
  test('P-020 a WMO301', async () => {
    expect(await headerOf(sampleMessage('WMO301'))).toMatchObject({
      BerichtCode: '414',
      BerichtVersie: '3',
      BerichtSubversie: '2',
      Afzender: '9999',
      Ontvanger: '99999901',
    });
  });

  test.each([
    ['a comment inside the value', '<p:Afzender>99<!-- 88 -->99</p:Afzender>'],
    ['CDATA', '<p:Afzender><![CDATA[9999]]></p:Afzender>'],
    ['an instruction inside the value', '<p:Afzender>9<?x <p:Afzender>8888</p:Afzender>?>999</p:Afzender>'],
    ['white space around it', '<p:Afzender\n>\n 9999\t</p:Afzender >'],
    ['references with leading zeros', `<p:Afzender>&#${'0'.repeat(100)}57;&#x${'0'.repeat(100)}39;99</p:Afzender>`],
    ['a second prefix with a letter beyond ASCII', '<é:Afzender xmlns:é="urn:p">9999</é:Afzender>'],
    ['very many blanks around it', `<p:Afzender>${' '.repeat(50_000)}9999${' '.repeat(50_000)}</p:Afzender>`],
    ['a decoy in an instruction', '<?x <p:Afzender>8888</p:Afzender>?><p:Afzender>9999</p:Afzender>'],
    ['a decoy in CDATA', '<![CDATA[<p:Afzender>8888</p:Afzender>]]><p:Afzender>9999</p:Afzender>'],
    ['a decoy in a comment', '<!-- <p:Afzender>8888</p:Afzender>--><p:Afzender>9999</p:Afzender>'],
    ['a decoy inside another element', '<p:x><p:Afzender>8888</p:Afzender></p:x><p:Afzender>9999</p:Afzender>'],
    ['a second one', '<p:Afzender>9999</p:Afzender><p:Afzender>8888</p:Afzender>'],
    ['very many comments before it', `${'<!---->'.repeat(20_000)}<p:Afzender>9999</p:Afzender>`],
  ])('row 122 %s', async (_name, inside) => {
    expect(await headerOf(document(inside))).toEqual({ Afzender: '9999' });
  });

  test('row 122 in UTF-16, with a decoy of octets that read otherwise in another encoding', async () => {
    const decoy = Buffer.from('<p:Header><p:Afzender>8888</p:Afzender></p:Header>').toString('utf16le');
    const text = document(`<!--${decoy}--><p:Afzender>9999</p:Afzender>`);
    expect(await headerOf(Buffer.from(`\ufeff${text}`, 'utf16le'))).toEqual({ Afzender: '9999' });
  });

  test.each([
    ['no Header', '<p:Bericht xmlns:p="urn:p"><p:Afzender>9999</p:Afzender></p:Bericht>'],
    [
      'a Header behind something else',
      document('<p:Afzender>9</p:Afzender>').replace('<p:Header>', '<p:x/><p:Header>'),
    ],
    ['a value longer than any', document(`<p:Afzender>${'9'.repeat(65)}</p:Afzender>`)],
    ['a field behind more than any message has', document(`${'<p:x>1</p:x>'.repeat(40)}<p:Afzender>9999</p:Afzender>`)],
    ['no XML', 'tekst'],
  ])('of %s no Afzender is told', async (_name, xml) => {
    expect((await headerOf(xml)).Afzender).toBeUndefined();
  });

  test('D3 it comes back from a worker', async () => {
    const large = sampleMessage('WMO301').replace(/$/, `<!--${' '.repeat(INLINE_VALIDATION_BYTES)}-->`);
    const verdict = await schemas.validate(Buffer.from(large), ID, 'last');
    expect([verdict.valid, verdict.header.get('Afzender')]).toEqual([true, '9999']);
  });

  test.each(sampleCodes())(
    'D9 the header of the sample %s says what the catalogue of message types says',
    async (code) => {
      const type = messageType(code);
      const header = await headerOf(sampleMessage(code));
      if (type?.berichtCode !== undefined) expect(header.BerichtCode).toBe(type.berichtCode);
      if (type?.functieVersie !== undefined)
        expect([Number(header.BerichtVersie), Number(header.BerichtSubversie)]).toEqual([
          Number(type.functieVersie),
          Number(type.functieSubversie),
        ]);
    },
  );
});
