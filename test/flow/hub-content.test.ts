// What the hub refuses of documents that are whole and valid in themselves: more than one part, versions nobody can check, other parties.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeStuf } from '../../adapter/stuf/index.ts';
import { sampleMessage } from '../../tools/schemas/sample.ts';
import { type HubRig, heen, openHub } from '../fixtures/hub.ts';

let rig: HubRig;
beforeAll(async () => {
  rig = await openHub();
});
afterAll(() => rig.close());

const sample = sampleMessage('WMO301');
const changed = (from: RegExp, to: string): string => {
  expect(sample).toMatch(from);
  return sample.replace(from, to);
};

/** What comes back of a document, and what was forwarded. */
async function answerTo(document: Uint8Array): Promise<readonly unknown[]> {
  expect((await rig.send(document)).state).toBe('acknowledged');
  return (await rig.collected()).map((one) => ('fault' in one ? one.fault : one.kind));
}

/** The envelope with another text for its version. */
const versioned = (payload: string, functieVersie: string, functieSubversie: string): Uint8Array => {
  const message = heen('WMO301', { payload });
  return writeStuf({ ...message, parameters: { ...message.parameters, functieVersie, functieSubversie } });
};

const inVersion = (versie: string, subversie: string): string =>
  changed(/BerichtVersie>[^<]*</, `BerichtVersie>${versie}<`).replace(
    /BerichtSubversie>[^<]*</,
    `BerichtSubversie>${subversie}<`,
  );

describe('the hub refuses', () => {
  test.each([
    [
      '9.9, in the envelope and in the message',
      () => versioned(inVersion('9', '9'), '0009', '0009'),
      'niet ondersteund',
    ],
    [
      '3.3, in the envelope and in the message',
      () => versioned(inVersion('3', '3'), '0003', '0003'),
      'niet ondersteund',
    ],
    ['2.2 with a message without a header', () => versioned('<a/>', '0002', '0002'), 'niet ondersteund'],
    ['3.3 in the envelope only', () => versioned(sample, '0003', '0003'), 'niet ondersteund'],
    ['3.1 in the message only', () => versioned(inVersion('3', '1'), '0003', '0002'), 'wijkt af van de envelop'],
    [
      'another message type than the functie',
      () => versioned(sampleMessage('WMO305'), '0003', '0002'),
      'wijkt af van de envelop',
    ],
  ])('row 156 version %s', async (_, document, tekst) => {
    const [fault, ...rest] = await answerTo(document());
    expect(fault).toMatchObject({ code: 'IB014', plek: 'client', omschrijving: expect.stringContaining(tekst) });
    expect(rest).toEqual([]);
  });

  test('row 156 what it expected is told of a version that nobody can check', async () => {
    const [fault] = await answerTo(versioned(inVersion('9', '9'), '0009', '0009'));
    expect(fault).toMatchObject({ omschrijving: expect.stringContaining('0003/0002') });
  });

  test.each(['http://www.egem.nl/StUF/sector/ggk/0310', 'http://www.stufstandaarden.nl/koppelvlak/ggk0300'])(
    'row 155 a document of another StUF version, %s',
    async (namespace) => {
      const text = Buffer.from(writeStuf(heen('WMO301'))).toString('utf8');
      const other = text.replaceAll('http://www.stufstandaarden.nl/koppelvlak/ggk0210', namespace);
      expect(other === text).toBe(false);
      expect(await answerTo(Buffer.from(other))).toMatchObject([{ code: 'IB798', plek: 'server' }]);
    },
  );

  test.each([
    ['Afzender', '8888'],
    ['Ontvanger', '99999999'],
  ])('stuf-ggk §12 step 15 a %s in the message other than in the envelope', async (field, code) => {
    const payload = changed(new RegExp(`${field}>[^<]*<`), `${field}>${code}<`);
    const faults = await answerTo(writeStuf(heen('WMO301', { payload })));
    expect(faults).toMatchObject([{ code: 'CC09', plek: 'client' }]);
    expect(JSON.stringify(faults)).not.toContain(code);
  });

  test.each<[string, (xml: string) => string | Uint8Array]>([
    ['behind 17,000 blanks in a tag', (xml) => xml.replace(/<(\w+:Header)>/, `<$1${' '.repeat(17_000)}>`)],
    ['behind 10,001 comments', (xml) => xml.replace(/<(\w+:Header)>/, `${'<!---->'.repeat(10_001)}<$1>`)],
    ['in references with leading zeros', (xml) => xml.replace('>8888<', `>&#${'0'.repeat(40)}56;888<`)],
    [
      'under a second prefix that is not ASCII',
      (xml) =>
        xml
          .replace(/<(\w+):Bericht ([^>]*xmlns:\1="([^"]*)")/, '<$1:Bericht xmlns:é="$3" $2')
          .replace(/<\w+:Afzender>8888<\/\w+:Afzender>/, '<é:Afzender>8888</é:Afzender>'),
    ],
    [
      'in UTF-16, with another in a comment',
      (xml) => {
        const decoy = Buffer.from('<!--><Header><Afzender>9999</Afzender></Header>-->'.padEnd(60)).toString('utf16le');
        const text = xml.replace(/^<\?xml[^>]*>/, '').replace(/<(\w+:Header)>/, `<!--${decoy}--><$1>`);
        return Buffer.from(`\ufeff${text}`, 'utf16le');
      },
    ],
  ])('stuf-ggk §12 step 15 another Afzender %s', async (_, hide) => {
    const plain = changed(/Afzender>[^<]*</, 'Afzender>8888<');
    const hidden = hide(plain);
    expect(hidden === plain).toBe(false);
    const payload = { kind: 'xmlBestand' as const, bytes: Buffer.from(hidden), bestandsnaam: 'bericht.xml' };
    expect(await answerTo(writeStuf({ ...heen('WMO301'), payload }))).toMatchObject([{ code: 'CC09' }]);
  });

  test.each([
    ['rubbish', 'MZ rubbish'],
    ['the message itself', sample],
  ])('stuf-ggk §3 a text file in the place of a message: %s', async (_, text) => {
    const message = heen('WMO301');
    const payload = { kind: 'tekstBestand' as const, bytes: Buffer.from(text), bestandsnaam: 'bericht.txt' };
    expect(await answerTo(writeStuf({ ...message, payload }))).toMatchObject([{ code: 'IB014', plek: 'client' }]);
  });

  test('row 122 not what is written in another way: character references, CDATA, a byte order mark, UTF-16', async () => {
    for (const afzender of ['&#57;999', '&#x39;&#x39;99', '<![CDATA[9999]]>']) {
      const payload = changed(/Afzender>[^<]*</, `Afzender>${afzender}<`);
      expect(await answerTo(writeStuf(heen('WMO301', { payload })))).toEqual(['Di01']);
    }
    expect(await answerTo(writeStuf(heen('WMO301', { payload: `\ufeff${sample}` })))).toEqual(['Di01']);
    const wide = `\ufeff${sample.replace(/^<\?xml[^>]*>/, '')}`;
    const payload = { kind: 'xmlBestand' as const, bytes: Buffer.from(wide, 'utf16le'), bestandsnaam: 'bericht.xml' };
    expect(await answerTo(writeStuf({ ...heen('WMO301'), payload }))).toEqual(['Di01']);
  });

  test('stuf-ggk §8.2 parts beside the StUF document: nobody has judged them, so nothing goes on', async () => {
    const message = heen('WMO301');
    const beside = {
      contentId: 'beside@a.test',
      contentType: 'application/octet-stream',
      content: Buffer.from('MZ'),
    };
    await rig.submit(writeStuf(message), beside);
    await rig.settle();
    const [fault, ...rest] = await rig.collected();
    expect(rest).toEqual([]);
    expect(fault).toMatchObject({
      kind: 'Fo01',
      stuurgegevens: { crossRefnummer: message.stuurgegevens.referentienummer },
      fault: { code: 'IB001', plek: 'client', omschrijving: expect.stringContaining('Gevonden: 2') },
    });
  });
});
