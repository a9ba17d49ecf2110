// The messages that an application submits: a heenbericht or a retourbericht, valid or not, of the size asked.
import { createHash } from 'node:crypto';
import { wrapHeen, wrapRetour, writeStuf } from '../../adapter/stuf/index.ts';
import { sampleMessage } from '../schemas/sample.ts';
import type { Mode } from './points.ts';
import { CODES, ZENDERS } from './scene.ts';

const VERSIONS = {
  applicatieVersie: '0001',
  applicatieSubversie: '0000',
  functieVersie: '0003',
  functieSubversie: '0002',
};

export interface Letter {
  readonly referentienummer: string;
  /** False: the hub has to refuse it, and a Fo01 is the answer. */
  readonly valid: boolean;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

export interface LetterOptions {
  readonly referentienummer: string;
  readonly mode: Mode;
  readonly valid: boolean;
  /** Bytes of comment in the payload. */
  readonly padding: number;
  /** Given: a retourbericht of the aanbieder to the heenbericht of this referentienummer. */
  readonly answerTo?: string;
}

export function writeLetter(options: LetterOptions): Letter {
  const { referentienummer, valid, mode, answerTo } = options;
  const heen = (number: string, functie: string) => {
    const payload = answerTo === undefined ? payloadOf(functie, options) : new Uint8Array();
    const content = { functie, payload, referentienummer: number, tijdstip: Date.now(), parameters: VERSIONS };
    return wrapHeen(content, { organisatie: ZENDERS[mode], applicatie: 'Proef' }, CODES[mode]);
  };
  const envelope =
    answerTo === undefined
      ? heen(referentienummer, 'WMO301')
      : wrapRetour(
          heen(answerTo, 'WMO301'),
          {
            functie: 'WMO302',
            payload: payloadOf('WMO302', options),
            referentienummer,
            tijdstip: Date.now(),
            parameters: VERSIONS,
          },
          'Proef',
        );
  const bytes = Buffer.from(writeStuf(envelope));
  return { referentienummer, valid, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** An invalid payload has an element that its schema does not know. */
function payloadOf(functie: string, { mode, valid, padding }: LetterOptions): Uint8Array {
  const sample = sampleMessage(functie, { gemeente: ZENDERS[mode], aanbieder: CODES[mode] });
  const unknown = valid ? '' : '<onbekend/>';
  const comment = padding === 0 ? '' : `<!-- ${'x'.repeat(padding)} -->`;
  return Buffer.from(sample.replace(/(<\/[^>]+>\s*)$/, `${unknown}${comment}$1`));
}
