// The demo's steps: each sends something real and says what was really received at the other end.
import { randomUUID } from 'node:crypto';
import { readStuf, wrapHeen, wrapRetour, writeStuf } from '../../adapter/stuf/index.ts';
import { sampleMessage } from '../schemas/sample.ts';
import { type Census, isSettled, since, takeCensus } from './census.ts';
import { arrived, type InboxMessage, type Observatory, until } from './counts.ts';
import { allAcknowledged } from './legs.ts';
import { PARTIES, SERVICE } from './parties.ts';
import type { DemoLayout } from './setup.ts';

/** What a step says of itself; how many messages travelled is counted around it. */
export interface Played {
  readonly title: string;
  readonly good: boolean;
  /** Attempts that were not answered, and copies that were not delivered again: no messages of their own. */
  readonly retried: number;
  readonly duplicates: number;
  readonly says: string;
}

export interface StepResult extends Census, Played {}

export interface Stage {
  readonly layout: DemoLayout;
  readonly eyes: Observatory;
  /** Everything collected from the municipality's inbox so far. */
  readonly inbox: InboxMessage[];
}

type Step = (stage: Stage) => Promise<Played>;

const WAIT_MS = 15_000;
/** A partner writes its log a moment after the message left. */
const SETTLE_MS = 5_000;
const VERSIONS = {
  applicatieVersie: '0001',
  applicatieSubversie: '0000',
  functieVersie: '0003',
  functieSubversie: '0002',
};

const played = (
  title: string,
  good: boolean,
  says: string,
  extra: Partial<Pick<Played, 'retried' | 'duplicates'>> = {},
): Played => ({ title, good, says, retried: 0, duplicates: 0, ...extra });

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

/** The message and what answered it: both legs of each. */
const bothAcknowledged = async (
  eyes: Observatory,
  reference: string,
  back: InboxMessage | undefined,
): Promise<boolean> =>
  back?.business !== undefined && (await allAcknowledged(eyes, [reference, back.business.referentienummer]));

/** Municipality → hub → VECOZO, acknowledged at each leg, and the retourbericht the whole way back. */
const outAndBack =
  (functie: string, retour: string): Step =>
  async (stage) => {
    const { eyes } = stage;
    const { referentienummer, bytes } = envelope(functie, PARTIES.gemeente, PARTIES.vecozo.organisatie);
    await eyes.submit(bytes, referentienummer);
    const seen = await until(WAIT_MS, async () => arrived(await eyes.log('vecozo'), referentienummer)[0]);
    const back = await inboxAnswer(stage, referentienummer, 'Du01');
    const acked = await bothAcknowledged(eyes, referentienummer, back);
    const good = seen?.signature === 'valid' && back?.business?.functie === retour && acked;
    const says = good
      ? `${functie} bij VECOZO (handtekening klopt), ${retour} terug op ${referentienummer}, elke stap bevestigd`
      : 'niet volledig aangekomen';
    return played(`${functie} heen, ${retour} terug`, good, says);
  };

/** VECOZO starts: WMO305 to the municipality, which answers with a WMO306. */
const fromProvider: Step = async (stage) => {
  const { eyes, layout } = stage;
  const { referentienummer, bytes } = envelope('WMO305', PARTIES.vecozo, PARTIES.gemeente.organisatie);
  await eyes.send('vecozo', partnerMessage(layout, 'vecozo', { referentienummer, bytes }));
  const received = await inboxByReference(stage, referentienummer);
  if (received === undefined)
    return played('WMO305 van VECOZO, WMO306 terug', false, 'WMO305 niet aangekomen bij de gemeente');
  const original = readStuf(await eyes.part(received.parts[0]?.href ?? ''));
  if (!original.ok || original.value.kind !== 'Di01')
    return played('WMO305 van VECOZO, WMO306 terug', false, 'WMO305 is onleesbaar aangekomen');
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
  const acked = await allAcknowledged(eyes, [referentienummer, answer]);
  const good = back?.stuf?.crossRefnummer === referentienummer && acked;
  return played(
    'WMO305 van VECOZO, WMO306 terug',
    good,
    good ? `WMO306 bij VECOZO op ${referentienummer}, elke stap bevestigd` : 'WMO306 niet aangekomen of niet bevestigd',
  );
};

/** The CAK takes a WMO405 with its Acknowledgment in the response, and answers with a WMO406. */
const toCak: Step = async (stage) => {
  const { eyes } = stage;
  const versions = { ...VERSIONS, functieSubversie: '0000' };
  const { referentienummer, bytes } = envelope('WMO405', PARTIES.gemeente, 'CAK', { versions });
  await eyes.submit(bytes, referentienummer);
  const seen = await until(WAIT_MS, async () => arrived(await eyes.log('cak'), referentienummer)[0]);
  const back = await inboxAnswer(stage, referentienummer, 'Du01');
  const acked = await bothAcknowledged(eyes, referentienummer, back);
  const good = seen !== undefined && back?.business?.functie === 'WMO406' && acked;
  return played(
    'WMO405 naar het CAK, WMO406 terug',
    good,
    good
      ? `bij het CAK, synchroon bevestigd, WMO406 terug op ${referentienummer}, elke stap bevestigd`
      : 'niet volledig aangekomen',
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
  // Code, plek and details of a payload that breaks its XSD, for an ontvanger that is an aanbieder (code list L25).
  const right = told?.code === 'IB014' && told.plek === 'client' && told.details?.startsWith('WMO301-') === true;
  const good = right && acked && forwarded === 0;
  const says =
    told === undefined ? 'geen Fo01' : `bevestigd, toen Fo01 ${told.code} (${told.plek}): ${told.omschrijving}`;
  return played('WMO301 tegen het XSD', good, says);
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
  const back = await inboxAnswer(stage, referentienummer, 'Du01');
  const log = await eyes.log('vecozo');
  const silent = log.mischief.filter((one) => one.name === 'noAnswer' && one.messageId === forwarded?.messageId).length;
  const copies = arrived(log, referentienummer).length;
  const good = forwarded !== undefined && silent === 2 && copies === 1 && back !== undefined;
  const says = good
    ? 'JW301 bij de derde poging bevestigd, JW302 terug'
    : `${silent} pogingen zonder antwoord, ${copies} aangekomen`;
  return played('partner zwijgt twee keer', good, says, { retried: silent });
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
  const says = good
    ? 'één keer bezorgd, twee keer dezelfde Acknowledgment'
    : `${delivered} bezorgd, ${acks?.length ?? 0} bevestigingen`;
  return played('bericht twee keer verstuurd', good, says, { duplicates: copies });
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
  return played('verkeerde handtekening', good, refused?.problem ?? 'niet geweigerd');
};

const otherCertificate: Step = async ({ eyes, layout }) => {
  await eyes.misbehave('vecozo', 'otherCertificate:1');
  const { referentienummer, bytes } = envelope('WMO305', PARTIES.vecozo, PARTIES.gemeente.organisatie);
  const sent = await eyes.send('vecozo', partnerMessage(layout, 'vecozo', { referentienummer, bytes }));
  const refused = (await eyes.messages('hub')).find(
    (one) => one.messageId === sent.messageId && one.state === 'rejected',
  );
  const good = sent.answer?.includes('SecurityFailure') === true && refused !== undefined;
  return played('certificaat van een ander OIN', good, refused?.problem ?? sent.problem ?? 'niet geweigerd');
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

const STEPS: readonly Step[] = [
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

/** Plays every step, each counted from where the one before left off; `done` hears each result at once. */
export async function playSteps(stage: Stage, done: (result: StepResult) => void): Promise<StepResult[]> {
  const results: StepResult[] = [];
  let before = await census(stage);
  for (const step of STEPS) {
    const one = await step(stage);
    const settled = await until(SETTLE_MS, async () => {
      const now = await census(stage);
      return isSettled(since(before, now)) ? now : undefined;
    });
    const after = settled ?? (await census(stage));
    const result = { ...one, ...since(before, after), good: one.good && settled !== undefined };
    before = after;
    results.push(result);
    done(result);
  }
  return results;
}

async function census({ eyes, inbox }: Stage): Promise<Census> {
  inbox.push(...(await eyes.collect()));
  const [municipality, vecozo, cak] = await Promise.all([
    eyes.messages('gemeente'),
    eyes.log('vecozo'),
    eyes.log('cak'),
  ]);
  return takeCensus({ municipality, inbox, partners: [vecozo, cak] });
}
