// The demo's steps: each sends something real and says what was really received at the other end.
import { randomUUID } from 'node:crypto';
import { readStuf, wrapHeen, wrapRetour, writeStuf } from '../../adapter/stuf/index.ts';
import { sampleMessage } from '../schemas/sample.ts';
import { arrived, type InboxMessage, type Observatory, until } from './counts.ts';
import { PARTIES, SERVICE } from './parties.ts';
import type { DemoLayout } from './setup.ts';

export interface StepResult {
  readonly title: string;
  readonly good: boolean;
  /** Counted at the receiving end. */
  readonly sent: number;
  readonly delivered: number;
  readonly refused: number;
  readonly retried: number;
  readonly duplicates: number;
  readonly says: string;
}

export interface Stage {
  readonly layout: DemoLayout;
  readonly eyes: Observatory;
  /** Everything collected from the municipality's inbox so far. */
  readonly inbox: InboxMessage[];
}

type Counts = Partial<Pick<StepResult, 'sent' | 'delivered' | 'refused' | 'retried' | 'duplicates'>>;
export type Step = (stage: Stage) => Promise<StepResult>;

const WAIT_MS = 15_000;
const VERSIONS = {
  applicatieVersie: '0001',
  applicatieSubversie: '0000',
  functieVersie: '0003',
  functieSubversie: '0002',
};

const result = (title: string, good: boolean, counts: Counts, says: string): StepResult => ({
  title,
  good,
  sent: counts.sent ?? 0,
  delivered: counts.delivered ?? 0,
  refused: counts.refused ?? 0,
  retried: counts.retried ?? 0,
  duplicates: counts.duplicates ?? 0,
  says,
});

interface Envelope {
  readonly referentienummer: string;
  readonly bytes: Uint8Array;
}

/** A heenbericht with a valid payload, unless another one is given. */
export function envelope(
  functie: string,
  from: { organisatie: string; applicatie: string },
  to: string,
  { payload, versions = VERSIONS }: { payload?: string; versions?: typeof VERSIONS } = {},
): Envelope {
  const referentienummer = randomUUID();
  const content = {
    functie,
    payload: Buffer.from(payload ?? sampleMessage(functie)),
    referentienummer,
    tijdstip: Date.now(),
    parameters: versions,
  };
  return {
    referentienummer,
    bytes: writeStuf(wrapHeen(content, { organisatie: from.organisatie, applicatie: from.applicatie }, to)),
  };
}

/** Collects what is new, and gives the message that answers a reference. */
async function inboxAnswer(
  stage: Stage,
  referentienummer: string,
  berichtcode: string,
): Promise<InboxMessage | undefined> {
  return until(WAIT_MS, async () => {
    stage.inbox.push(...(await stage.eyes.collect()));
    return stage.inbox.find(
      (one) => one.business?.crossRefnummer === referentienummer && one.business.berichtcode === berichtcode,
    );
  });
}

async function inboxByReference(stage: Stage, referentienummer: string): Promise<InboxMessage | undefined> {
  return until(WAIT_MS, async () => {
    stage.inbox.push(...(await stage.eyes.collect()));
    return stage.inbox.find((one) => one.business?.referentienummer === referentienummer);
  });
}

/** Municipality → hub → VECOZO, acknowledged at each leg, and the retourbericht the whole way back. */
const outAndBack =
  (functie: string, retour: string): Step =>
  async (stage) => {
    const { eyes } = stage;
    const { referentienummer, bytes } = envelope(functie, PARTIES.gemeente, PARTIES.vecozo.organisatie);
    const submitted = await eyes.submit(bytes, referentienummer);
    const seen = await until(WAIT_MS, async () => arrived(await eyes.log('vecozo'), referentienummer)[0]);
    const back = await inboxAnswer(stage, referentienummer, 'Du01');
    const acked = await until(WAIT_MS, async () =>
      (await eyes.messages('gemeente')).find((one) => one.id === submitted.id && one.state === 'acknowledged'),
    );
    const good = seen?.signature === 'valid' && back?.business?.functie === retour && acked !== undefined;
    const says = good
      ? `${functie} bij VECOZO (handtekening klopt), ${retour} terug op ${referentienummer}`
      : 'niet volledig aangekomen';
    return result(
      `${functie} heen, ${retour} terug`,
      good,
      { sent: 1, delivered: (seen === undefined ? 0 : 1) + (back === undefined ? 0 : 1) },
      says,
    );
  };

/** VECOZO starts: WMO305 to the municipality, which answers with a WMO306. */
const fromProvider: Step = async (stage) => {
  const { eyes, layout } = stage;
  const { referentienummer, bytes } = envelope('WMO305', PARTIES.vecozo, PARTIES.gemeente.organisatie);
  await eyes.send('vecozo', partnerMessage(layout, 'vecozo', { referentienummer, bytes }));
  const received = await inboxByReference(stage, referentienummer);
  if (received === undefined)
    return result('WMO305 van VECOZO, WMO306 terug', false, { sent: 1 }, 'WMO305 niet aangekomen bij de gemeente');
  const original = readStuf(await eyes.part(received.parts[0]?.href ?? ''));
  if (!original.ok || original.value.kind !== 'Di01')
    return result('WMO305 van VECOZO, WMO306 terug', false, { sent: 1 }, 'WMO305 is onleesbaar aangekomen');
  const answer = randomUUID();
  const content = {
    functie: 'WMO306',
    payload: Buffer.from(sampleMessage('WMO306')),
    referentienummer: answer,
    tijdstip: Date.now(),
    parameters: VERSIONS,
  };
  await eyes.submit(writeStuf(wrapRetour(original.value, content, PARTIES.gemeente.applicatie)), answer);
  const back = await until(WAIT_MS, async () => arrived(await eyes.log('vecozo'), answer)[0]);
  const good = back?.stuf?.crossRefnummer === referentienummer;
  return result(
    'WMO305 van VECOZO, WMO306 terug',
    good,
    { sent: 1, delivered: 1 + (back === undefined ? 0 : 1) },
    good ? `WMO306 bij VECOZO op ${referentienummer}` : 'WMO306 niet aangekomen',
  );
};

const toCak: Step = async ({ eyes }) => {
  const versions = { ...VERSIONS, functieSubversie: '0000' };
  const { referentienummer, bytes } = envelope('WMO405', PARTIES.gemeente, 'CAK', { versions });
  await eyes.submit(bytes, referentienummer);
  const seen = await until(WAIT_MS, async () => arrived(await eyes.log('cak'), referentienummer)[0]);
  return result(
    'WMO405 naar het CAK',
    seen !== undefined,
    { sent: 1, delivered: seen === undefined ? 0 : 1 },
    seen === undefined ? 'niet aangekomen' : 'bij het CAK, synchroon bevestigd',
  );
};

/** XSD broken: acknowledged by ebMS, refused by content, nothing forwarded. */
const brokenContent: Step = async (stage) => {
  const { eyes } = stage;
  const payload = sampleMessage('WMO301').replace(/<(\w+:)Geslacht>[^<]*</, '<$1Geslacht>7<');
  const { referentienummer, bytes } = envelope('WMO301', PARTIES.gemeente, PARTIES.vecozo.organisatie, { payload });
  const submitted = await eyes.submit(bytes, referentienummer);
  const fault = await inboxAnswer(stage, referentienummer, 'Fo01');
  const read = fault === undefined ? undefined : readStuf(await eyes.part(fault.parts[0]?.href ?? ''));
  const told = read?.ok === true && 'fault' in read.value ? read.value.fault : undefined;
  const acked = (await eyes.messages('gemeente')).find((one) => one.id === submitted.id)?.state === 'acknowledged';
  const forwarded = arrived(await eyes.log('vecozo'), referentienummer).length;
  const good = told !== undefined && acked && forwarded === 0;
  const says =
    told === undefined ? 'geen Fo01' : `bevestigd, toen Fo01 ${told.code} (${told.plek}): ${told.omschrijving}`;
  return result(
    'WMO301 tegen het XSD',
    good,
    { sent: 1, refused: told === undefined ? 0 : 1, delivered: forwarded },
    says,
  );
};

/** Nothing on the first two attempts: the retries are seen, then the acknowledgment. */
const silentPartner: Step = async (stage) => {
  const { eyes } = stage;
  await eyes.misbehave('vecozo', 'noAnswer:2');
  const { referentienummer, bytes } = envelope('JW301', PARTIES.gemeente, PARTIES.vecozo.organisatie);
  await eyes.submit(bytes, referentienummer);
  const forwarded = await until(WAIT_MS * 2, async () =>
    (await eyes.messages('hub')).find(
      (one) =>
        one.direction === 'out' && one.business?.referentienummer === referentienummer && one.state === 'acknowledged',
    ),
  );
  await inboxAnswer(stage, referentienummer, 'Du01');
  const log = await eyes.log('vecozo');
  const silent = log.mischief.filter((one) => one.name === 'noAnswer' && one.messageId === forwarded?.messageId).length;
  const copies = arrived(log, referentienummer).length;
  const good = forwarded !== undefined && silent === 2 && copies === 1;
  return result(
    'partner zwijgt twee keer',
    good,
    { sent: 1, delivered: copies, retried: silent },
    good ? 'derde poging bevestigd' : `${silent} pogingen zonder antwoord, ${copies} aangekomen`,
  );
};

/** The same message twice on purpose: one delivery, the same acknowledgment again byte for byte. */
const duplicate: Step = async (stage) => {
  const { eyes, layout } = stage;
  await eyes.misbehave('vecozo', 'sendTwice:1');
  const { referentienummer, bytes } = envelope('WMO305', PARTIES.vecozo, PARTIES.gemeente.organisatie);
  const sent = await eyes.send('vecozo', partnerMessage(layout, 'vecozo', { referentienummer, bytes }));
  const acks = await until(WAIT_MS, async () => {
    const all = (await eyes.log('vecozo')).received.filter(
      (seen) => seen.kind === 'acknowledgment' && seen.refToMessageId === sent.messageId,
    );
    return all.length >= 2 ? all : undefined;
  });
  await inboxByReference(stage, referentienummer);
  stage.inbox.push(...(await eyes.collect()));
  const delivered = stage.inbox.filter((one) => one.business?.referentienummer === referentienummer).length;
  const copies = (await eyes.messages('hub')).find((one) => one.messageId === sent.messageId)?.copies ?? 0;
  const equal = acks !== undefined && new Set(acks.map((ack) => ack.envelopeSha256)).size === 1;
  const good = delivered === 1 && copies === 1 && equal;
  return result(
    'bericht twee keer verstuurd',
    good,
    { sent: 2, delivered, duplicates: copies },
    good
      ? 'één keer bezorgd, twee keer dezelfde Acknowledgment'
      : `${delivered} bezorgd, ${acks?.length ?? 0} bevestigingen`,
  );
};

const wrongSignature: Step = async ({ eyes, layout }) => {
  await eyes.misbehave('vecozo', 'signWrong:1');
  const { referentienummer, bytes } = envelope('WMO305', PARTIES.vecozo, PARTIES.gemeente.organisatie);
  const sent = await eyes.send('vecozo', partnerMessage(layout, 'vecozo', { referentienummer, bytes }));
  const error = await until(WAIT_MS, async () =>
    (await eyes.log('vecozo')).received.find((seen) => seen.kind === 'error' && seen.refToMessageId === sent.messageId),
  );
  const refused = (await eyes.messages('hub')).find(
    (one) => one.messageId === sent.messageId && one.state === 'rejected',
  );
  const good = error?.errorCodes.includes('SecurityFailure') === true && refused !== undefined;
  return result(
    'verkeerde handtekening',
    good,
    { sent: 1, refused: good ? 1 : 0 },
    refused?.problem ?? 'niet geweigerd',
  );
};

const otherCertificate: Step = async ({ eyes, layout }) => {
  await eyes.misbehave('vecozo', 'otherCertificate:1');
  const { referentienummer, bytes } = envelope('WMO305', PARTIES.vecozo, PARTIES.gemeente.organisatie);
  const sent = await eyes.send('vecozo', partnerMessage(layout, 'vecozo', { referentienummer, bytes }));
  const refused = (await eyes.messages('hub')).find(
    (one) => one.messageId === sent.messageId && one.state === 'rejected',
  );
  const good = sent.answer?.includes('SecurityFailure') === true && refused !== undefined;
  return result(
    'certificaat van een ander OIN',
    good,
    { sent: 1, refused: good ? 1 : 0 },
    refused?.problem ?? sent.problem ?? 'niet geweigerd',
  );
};

/** What a partner's control takes at POST /send. */
export function partnerMessage(layout: DemoLayout, partner: 'vecozo' | 'cak', { referentienummer, bytes }: Envelope) {
  const cpaId = layout.cpas.find((cpa) => cpa.parties.includes(partner))?.cpaId;
  return {
    cpaId,
    to: PARTIES.hub.oin,
    service: SERVICE,
    action: 'ggk_Di01',
    referentienummer,
    payload: Buffer.from(bytes).toString('base64'),
  };
}

export const STEPS: readonly Step[] = [
  outAndBack('WMO301', 'WMO302'),
  outAndBack('JW301', 'JW302'),
  fromProvider,
  toCak,
  brokenContent,
  silentPartner,
  duplicate,
  wrongSignature,
  otherCertificate,
];
