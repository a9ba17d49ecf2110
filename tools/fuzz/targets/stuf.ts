// The StUF unwrapper: what it reads and writes it reads again as the same message; a broken one still gets an answer.
import fc, { type Arbitrary } from 'fast-check';
import {
  makeFo01,
  peekStuf,
  readStuf,
  type StufMessage,
  wrapHeen,
  wrapRetour,
  writeStuf,
} from '../../../adapter/stuf/index.ts';
import { readXml } from '../../../adapter/xml/index.ts';
import { XML_MUTATORS, XML_TOKENS } from '../mutate/xml.ts';
import { samples } from '../samples.ts';
import { must, type Target } from '../target.ts';

export function checkUnwrap(input: Buffer): void {
  const peek = peekStuf(input);
  const read = readStuf(input);
  if (!read.ok) {
    must(read.error.detail !== '' && read.error.where !== '', 'a refusal has no text or no place');
    answerTo(peek);
    return;
  }
  const message = read.value;
  must(peek.kind === message.kind, 'the peek sees another kind of message');
  const written = writeStuf(message);
  const canonical = readXml(written);
  must(canonical.ok && Buffer.from(canonical.value.text).equals(written), 'the message written is not canonical');
  const again = readStuf(written);
  must(again.ok, 'the message written is refused');
  must(textOf(again.value) === textOf(message), 'the message written has other values');
}

const textOf = (message: StufMessage): string =>
  JSON.stringify(message, (_key, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  );

/** Whatever could be read of a broken message, the Fo01 about it is one that we would read ourselves. */
function answerTo(peek: ReturnType<typeof peekStuf>): void {
  const answer = makeFo01({
    about: {
      referentienummer: peek.referentienummer ?? '',
      ...(peek.zender === undefined ? {} : { zender: peek.zender }),
    },
    own: { organisatie: 'IB', applicatie: 'GGKWebservice' },
    referentienummer: REF_B,
    tijdstip: AT,
    code: 'StUF055',
    plek: 'client',
    omschrijving: 'x',
    details: 'y',
  });
  must(readStuf(writeStuf(answer)).ok, 'the Fo01 about a broken message cannot be read');
}

const AT = Date.UTC(2025, 4, 6, 7, 8, 9);
const REF_A = '0b5a3f2e-1c4d-4e6f-8a9b-0123456789ab';
const REF_B = '1c6b4f3f-2d5e-4f70-9bac-123456789abc';
const PARAMETERS = {
  applicatieVersie: '0300',
  applicatieSubversie: '0200',
  functieVersie: '0003',
  functieSubversie: '0002',
};
const ZENDER = { organisatie: '0999', applicatie: 'Zorgapp', administratie: 'a', gebruiker: 'b' };

function messages(): StufMessage[] {
  const content = {
    functie: 'WMO301',
    payload: Buffer.from('<bericht/>'),
    referentienummer: REF_A,
    tijdstip: AT,
    parameters: PARAMETERS,
  };
  const heen = wrapHeen(content, ZENDER, '12345678');
  const retour = wrapRetour(heen, { ...content, functie: 'WMO302', referentienummer: REF_B }, 'Zorgapp');
  const text = wrapHeen({ ...content, bestandsnaam: 'wmo301.txt' }, ZENDER, '12345678');
  const about = { referentienummer: REF_A, zender: ZENDER };
  const fault = makeFo01({
    about,
    own: { organisatie: 'IB', applicatie: 'GGKWebservice' },
    referentienummer: REF_B,
    tijdstip: AT,
    code: 'StUF058',
    plek: 'server',
    omschrijving: 'a & <b>',
    details: 'c',
  });
  return [
    heen,
    retour,
    text,
    fault,
    { ...fault, kind: 'Fo03', stuurgegevens: { ...fault.stuurgegevens, berichtcode: 'Fo03' } },
  ];
}

const word = fc.string({ unit: 'grapheme', maxLength: 60 });

const arbitrary = (): Arbitrary<Uint8Array> =>
  fc
    .record({
      message: fc.constantFrom(...messages()),
      organisatie: word,
      applicatie: word,
      referentienummer: fc.oneof(fc.constant(REF_A), word),
      functie: word,
      payload: fc.uint8Array({ maxLength: 200 }),
    })
    .map(({ message, organisatie, applicatie, referentienummer, functie, payload }) => {
      const zender = { ...message.stuurgegevens.zender, organisatie, applicatie };
      const stuurgegevens = { ...message.stuurgegevens, zender, referentienummer };
      return 'payload' in message
        ? writeStuf({
            ...message,
            stuurgegevens: { ...stuurgegevens, functie },
            payload: { ...message.payload, bytes: payload },
          })
        : writeStuf({ ...message, stuurgegevens });
    });

export const stufTarget: Target = {
  name: 'stuf',
  about: 'StUF-envelop',
  dictionary: [...XML_TOKENS, '====', 'QQ==', ' xsi:schemaLocation="a b"', 'Bv03', 'client'],
  mutators: XML_MUTATORS,
  arbitrary,
  prepare: () =>
    Promise.resolve({
      seeds: [
        ...messages().map((message) => Buffer.from(writeStuf(message))),
        ...samples('stuf-ggk', /(samples|cases).*\.xml$/),
      ],
      run: checkUnwrap,
    }),
};
