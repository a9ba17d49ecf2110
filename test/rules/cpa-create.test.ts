// A CPA that was made is judged as an import would, and what is found is told by the fields of the input.
import { describe, expect, test } from '@jest/globals';
import { type CpaInput, createCpa, judgeCreated, type PartyData } from '../../adapter/agreement/index.ts';
import type { Issue } from '../../adapter/base/index.ts';
import { OIN_A, OIN_B, testPki } from '../fixtures/pki.ts';

const NOW = Date.now();
const DAY_MS = 86_400_000;

type Change = Partial<CpaInput> & { readonly party?: Partial<PartyData> };

async function inputOf({ party = {}, ...rest }: Change): Promise<CpaInput> {
  const pki = await testPki();
  const data = (oin: string, name: string): PartyData => ({
    oin,
    name,
    role: name,
    endpoint: `https://${name}.example/ebms`,
    tlsCertificatePem: pki.party(name).tls.certificatePem,
    signingCertificatePem: pki.party(name).signing.certificatePem,
  });
  return {
    cpaId: 'PROEF',
    start: NOW - DAY_MS,
    end: NOW + 30 * DAY_MS,
    exchanges: [{ from: 0, service: 's', serviceType: 'urn:x', action: 'a', profile: 'osb-rm-s' }],
    parties: [data(OIN_A, 'partij-a'), { ...data(OIN_B, 'partij-b'), ...party }],
    ...rest,
  };
}

/** What keeps the CPA from being made, or what is said of it when it is. */
async function issuesOf(change: Change): Promise<readonly Issue[]> {
  const input = await inputOf(change);
  const made = createCpa(input);
  return made.ok ? judgeCreated(made.value, input, NOW) : made.error;
}
const lines = (issues: readonly Issue[]): string[] =>
  issues.map(({ severity, where, detail, rule }) => `${severity} ${where}: ${detail} [${rule}]`);

const ENDLESS = '(Retries+1) × RetryInterval is langer dan honderd jaar';

describe('what is refused, each by one line about its field', () => {
  const cases: readonly (readonly [string, Change, string])[] = [
    [
      'DK-007 an address that is not http',
      { party: { endpoint: 'ftp://partij-b.example/' } },
      'parties[1].endpoint: is geen https-adres; gevonden ftp: [DK-007]',
    ],
    [
      'DK-007 an address with a password, which is not repeated',
      { party: { endpoint: 'https://wie:geheim@partij-b.example/' } },
      'parties[1].endpoint: bevat een gebruikersnaam of wachtwoord; verwacht een adres zonder [DK-007]',
    ],
    [
      'C3 an address that is no URI',
      { party: { endpoint: 'https://partij-b.example/%zz' } },
      'parties[1].endpoint: de waarde moet een URI zijn [C3]',
    ],
    [
      'V13 no time between retries',
      { retryInterval: 'PT0S' },
      'retryInterval: Retries mag niet negatief zijn en RetryInterval niet nul; gevonden PT0S met 8 herhalingen [V13]',
    ],
    [
      'V13 an interval of a century, and not the persistDuration that nobody gave',
      { retryInterval: 'P100Y' },
      `retryInterval: ${ENDLESS}; gevonden P100Y met 8 herhalingen [V13]`,
    ],
    [
      'V13 years that no calendar holds',
      { retryInterval: 'P99999999999999Y' },
      `retryInterval: ${ENDLESS}; gevonden P99999999999999Y met 8 herhalingen [V13]`,
    ],
    [
      'V13 days beyond counting',
      { retryInterval: 'P99999999999999999999999D' },
      `retryInterval: ${ENDLESS}; gevonden P99999999999999999999999D met 8 herhalingen [V13]`,
    ],
    [
      'V13 endless retries, at the interval that nobody gave',
      { retries: 400_000_000 },
      `retries: ${ENDLESS}; gevonden PT3H met 400000000 herhalingen [V13]`,
    ],
    [
      'V14 a century of retries, which the derived persistDuration goes beyond',
      { retryInterval: 'P36600D', retries: 0 },
      'retryInterval: is langer dan honderd jaar; gevonden P36600D met 0 herhalingen [V14]',
    ],
    [
      'V14 a persistDuration of more than a century',
      { persistDuration: 'P101Y' },
      'persistDuration: is langer dan honderd jaar; gevonden P101Y [V14]',
    ],
    [
      'DK-074 a hash that is too weak',
      { hashFunction: 'http://www.w3.org/2000/09/xmldsig#sha1' },
      'hashFunction, signatureAlgorithm: SHA-1 en MD5 zijn niet toegestaan; gevonden http://www.w3.org/2000/09/xmldsig#sha1 [DK-074]',
    ],
    [
      'V4 an agreement that has ended',
      { start: 0, end: DAY_MS },
      'end: de CPA is al geëindigd; gevonden 1970-01-02T00:00:00.000Z [V4]',
    ],
    [
      'C3 an empty type of a service',
      { exchanges: [{ from: 0, service: 's', serviceType: '', action: 'a', profile: 'osb-be' }] },
      'exchanges: de waarde moet een tekst die niet leeg is zijn [C3]',
    ],
    [
      'DK-030 a CPAId that no file can be named by',
      { cpaId: 'a'.repeat(5000) },
      'cpaId: gevonden 5000 tekens; verwacht ten hoogste 255 [DK-030]',
    ],
    [
      'row 124 a name with half a character',
      { party: { role: 'rol \ud800' } },
      'parties[1].role: bevat een teken dat niet in XML kan staan; verwacht leesbare tekst [row 124]',
    ],
  ];
  test.each(cases)('%s', async (_title, change, line) => {
    const errors = (await issuesOf(change)).filter(({ severity }) => severity === 'Error');
    expect(lines(errors)).toEqual([`Error ${line}`]);
    expect(errors[0]).not.toHaveProperty('line');
  });
});

describe('what is said and made all the same', () => {
  const cases: readonly (readonly [string, Change, readonly string[]])[] = [
    ['V1 nothing of what is good', { cpaId: 'a'.repeat(255) }, []],
    [
      'DK-007 plain http',
      { party: { endpoint: 'http://partij-b.example/' } },
      [
        'parties[1].endpoint: is geen https-adres; gevonden http:; alleen een gateway in ontwikkeling kan dit aannemen [DK-007]',
      ],
    ],
    [
      'DK-007 a local address',
      { party: { endpoint: 'https://localhost:8443/ebms' } },
      [
        'parties[1].endpoint: is een lokaal of privé-adres; gevonden localhost; alleen een gateway in ontwikkeling kan dit aannemen [DK-007]',
      ],
    ],
    [
      'PKI001 certificates of another OIN, one line for each that was given',
      { party: { oin: '00000099000000003000' } },
      ['tlsCertificatePem', 'signingCertificatePem'].map(
        (name) =>
          `parties[1].${name}: heeft een ander OIN dan het PartyId; gevonden ${OIN_B}, verwacht 00000099000000003000 [PKI001]`,
      ),
    ],
    [
      'V13 V14 short intervals and a short memory',
      { retryInterval: 'PT30S', persistDuration: 'PT1M' },
      [
        'retryInterval: RetryInterval is korter dan een minuut; gevonden PT30S met 8 herhalingen [V13]',
        'persistDuration: is niet langer dan (Retries+1) × RetryInterval; gevonden PT1M [V14]',
      ],
    ],
    [
      'V13 many retries',
      { retries: 101 },
      ['retries: meer dan 100 herhalingen; gevonden PT3H met 101 herhalingen [V13]'],
    ],
    [
      'V4 a start to come',
      { start: NOW + DAY_MS },
      [`start: ligt nog in de toekomst; gevonden ${new Date(NOW + DAY_MS).toISOString()} [V4]`],
    ],
    [
      'V6 two parties of one name',
      { party: { name: 'partij-a' } },
      ['parties[1].name: beide partijen heten gelijk [V6]'],
    ],
  ];
  test.each(cases)('%s', async (_title, change, expected) => {
    expect(lines(await issuesOf(change))).toEqual(expected.map((line) => `Warning ${line}`));
  });
});
