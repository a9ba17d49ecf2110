// The words of a fault may be content: only those that are ours are told (row 159).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { SigningKeyMissing } from '../../adapter/gateway/seal.ts';
import { wordsOf } from '../../adapter/gateway/tell.ts';
import { BlobDamaged, StoreUnavailable } from '../../adapter/store/index.ts';
import { ValidationStopped } from '../../adapter/xsd/index.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Where the words of an error are read, and what kind of error it is there. */
const READS: Readonly<Record<string, string>> = {
  'adapter/config/index.ts': 'the configuration',
  'adapter/dsig/verify.ts': 'Unacceptable: ours',
  'adapter/gateway/collect.ts': 'BlobDamaged and StoreUnavailable',
  'adapter/gateway/deliver.ts': 'BlobDamaged',
  'adapter/gateway/receive.ts': 'StoreUnavailable and SigningKeyMissing',
  'adapter/gateway/signal.ts': 'BlobDamaged',
  'adapter/gateway/tell.ts': 'what wordsOf knows to be ours',
  'adapter/gateway/transmit.ts': 'BlobDamaged',
  'adapter/renewal.ts': 'files of the configuration',
  'adapter/store-of.ts': 'StoreUnfit: ours, before the first message is read',
  'adapter/store/sqlite/errors.ts': 'compared, not told',
  'adapter/transport/request-handler.ts': 'BodyAborted: ours',
  'adapter/uncaught.ts': 'before the first message is read',
  'adapter/xsd/compile.ts': 'libxml2: read for its code and place, its values left out',
};

describe('words of faults', () => {
  test('row 159 they are read in no other place than those known', () => {
    const files = readdirSync(join(root, 'adapter'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `adapter/${name.replaceAll('\\', '/')}`);
    const reading = files.filter((name) =>
      /\b(error|cause|reason|fault)\.(message|stack)\b|String\(error\)|\$\{error\}/.test(
        readFileSync(join(root, name), 'utf8'),
      ),
    );
    expect(reading.sort()).toEqual(Object.keys(READS).sort());
  });

  test.each([
    ['StoreUnavailable', new StoreUnavailable('locked')],
    ['BlobDamaged', new BlobDamaged('blob x does not have its digest')],
    ['SigningKeyMissing', new SigningKeyMissing('no private key')],
    ['ValidationStopped', new ValidationStopped('validation took longer than 1 ms')],
  ])('row 159 ours are told: %s', (_, error) => {
    expect(wordsOf(error)).toBe(error.message);
  });

  test.each([
    ['Error', new Error('Achternaam')],
    ['TypeError', new TypeError('999900006')],
    ['a text', 'Achternaam'],
    ['an object', { message: 'Achternaam' }],
  ])('row 159 of others the class: %s', (_, error) => {
    expect(wordsOf(error)).toMatch(/^a fault of this program \([\w ]+\)$/);
    expect(wordsOf(error)).not.toMatch(/Achternaam|999900006/);
  });
});
