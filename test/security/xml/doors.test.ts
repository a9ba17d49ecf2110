// The attacks that any document can carry, at every other door that reads XML: the hub, its payload, the own application, the CPA import.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type StufEnvelope, writeStuf } from '../../../adapter/stuf/index.ts';
import { sampleMessage } from '../../../tools/schemas/sample.ts';
import { testCpa } from '../../fixtures/gateway.ts';
import { type HubRig, heen, openHub } from '../../fixtures/hub.ts';
import { type Canary, openCanary } from '../canary.ts';
import { type Bounds, boundsFor, cpuSecondsOf, type Ledger, openLedger, openPeak } from '../cost.ts';
import type { Document, DocumentAttack } from './document.ts';
import { DOCUMENT_ATTACKS } from './document-catalogue.ts';

const MB = 1024 * 1024;
/** The hub takes, checks, forwards and answers two messages at some of these doors. */
const BOUNDS: Bounds = { cpuSeconds: 3, keptBytes: 32 * MB, peakBytes: 192 * MB };
/** As in `corpus.ts`: the collector and the compiler run in this process too. */
const MAX_GOES = 3;

let rig: HubRig;
let canary: Canary;
let ledger: Ledger;
let cpa: string;

beforeAll(async () => {
  rig = await openHub({ profile: 'osb-rm', syncReply: 'mshSignalsOnly' });
  canary = await openCanary();
  cpa = await testCpa({ cpaId: 'AANVAL', actions: ['aanval'] });
  for (let warm = 0; warm < 5; warm += 1) await rig.send(writeStuf(heen('WMO301')));
  await rig.collected();
  ledger = openLedger();
});
afterAll(async () => {
  await rig.close();
  await canary.close();
});

const withoutDeclaration = (xml: string): string => xml.replace(/^<\?xml[^>]*>\s*/, '');
const PAYLOAD: Document = { text: withoutDeclaration(sampleMessage('WMO301')), before: '</wmo301:Bericht>' };
const stufDocument = (message: StufEnvelope): Document => ({
  text: Buffer.from(writeStuf(message)).toString('utf8'),
  before: '</GGK:envelopHeenbericht-ggk_Di01>',
});

/** What came of one attack at a door, and of a correct document offered at the same time. */
type Verdict = DocumentAttack['verdict'];
type Door = (attack: DocumentAttack) => Promise<Verdict>;

/** Sends it through the hub together with a correct message: only what is harmless is forwarded, octet for octet. */
async function throughHub(octets: Uint8Array, message: StufEnvelope): Promise<Verdict> {
  const neighbour = heen('WMO301');
  await rig.submit(octets);
  await rig.submit(writeStuf(neighbour));
  await rig.settle();
  const came = await rig.collected();
  expect(came).toContainEqual(neighbour);
  const others = came.filter((one) => one.stuurgegevens.referentienummer !== neighbour.stuurgegevens.referentienummer);
  if (others.length === 1 && others[0]?.kind === message.kind) {
    expect(others).toEqual([message]);
    return 'harmless';
  }
  expect(others.filter(({ kind }) => kind !== 'Fo01')).toEqual([]);
  return 'refused';
}

const DOORS: readonly (readonly [string, Door])[] = [
  [
    'a StUF document at the hub',
    ({ build }) => {
      const message = heen('WMO301');
      return throughHub(build(stufDocument(message), canary.url), message);
    },
  ],
  [
    'the payload of a StUF document at the hub',
    ({ build }) => {
      const message = heen('WMO301', { payload: build(PAYLOAD, canary.url) });
      return throughHub(writeStuf(message), message);
    },
  ],
  [
    'a StUF document of the own application',
    async ({ build }) => {
      const submit = (stuf: Uint8Array) => rig.a.gateway.submitDocument({ stuf }, { client: 'test' });
      const [attacked, correct] = await Promise.all([
        submit(build(stufDocument(heen('WMO301')), canary.url)),
        submit(writeStuf(heen('WMO301'))),
      ]);
      expect(correct.kind).toBe('accepted');
      return attacked.kind === 'accepted' ? 'harmless' : 'refused';
    },
  ],
  [
    'a CPA at the import',
    async ({ build }) => {
      const document = { text: withoutDeclaration(cpa), before: '</tp:CollaborationProtocolAgreement>' };
      const { outcome } = await rig.hub.gateway.importCpa(build(document, canary.url), { by: 'test', dryRun: true });
      return outcome === 'imported' ? 'harmless' : 'refused';
    },
  ],
];

describe.each(DOORS)('attacks on %s', (_title, door) => {
  test.each(DOCUMENT_ATTACKS.map((attack) => [attack.name, attack] as const))('%s', async (_name, attack) => {
    const bounds = boundsFor(attack.name, BOUNDS);
    ledger.open(bounds.keptBytes);
    const peak = openPeak();
    let last = await cpuSecondsOf(() => door(attack));
    for (let goes = 1; goes < MAX_GOES && last.cpu >= bounds.cpuSeconds; goes += 1) {
      last = await cpuSecondsOf(() => door(attack));
    }
    expect(last.result).toBe(attack.verdict);
    expect(last.cpu).toBeLessThan(bounds.cpuSeconds);
    expect(peak()).toBeLessThan(bounds.peakBytes);
    expect(await ledger.keptBytes(bounds.keptBytes)).toBeLessThan(bounds.keptBytes);
    expect(canary.calls()).toBe(0);
  });
});
