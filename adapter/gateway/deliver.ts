// Use case of the hub: a due `deliver` job: judge the StUF content, forward it under the other side's CPA, or send a Fo01 back.
import type { Issue, Result } from '../base/index.ts';
import { actionFor, businessData, type CheckName, type ContentFinding, fo01For, type Route } from '../ggk/index.ts';
import {
  type BlobRef,
  type BusinessData,
  beginDeliver,
  type DeliverOutcome,
  endDeliver,
  isSuspect,
  type Job,
  type MessageRecord,
} from '../msh/index.ts';
import { BlobDamaged, StoreUnavailable } from '../store/index.ts';
import { type StufMessage, writeStuf } from '../stuf/index.ts';
import { ValidatorClosed } from '../xsd/index.ts';
import { exchangeOf, type RouteExchange } from './carry.ts';
import { type Judged, judgeContent, type ReadContent } from './content.ts';
import type { GatewayContext, HubSettings } from './context.ts';
import { judgedBytes } from './direct.ts';
import { answeredBy, forwardedEarlier, forwardUuid, hasSameParts } from './forwarded.ts';
import { type Hold, holdDelivery } from './hold.ts';
import { isResendable, resendMessage } from './resend.ts';
import { derivedUuid, type SubmitRequest, type Submitted, submitMessage } from './submit.ts';
import { tell, tellBrokenOff } from './tell.ts';
import { TurnsClosed } from './turns.ts';

/**
 * One delivery attempt, in its turn when the document is large. Forwarding inserts a record under a derived id, so that doing it
 * twice forwards once (D1).
 */
export async function deliver(claimed: MessageRecord, job: Job, context: GatewayContext): Promise<void> {
  const hold = holdDelivery(claimed, job, context);
  try {
    const turn = { bytes: judgedBytes(claimed), owner: claimed.terms.peerOin, alone: isSuspect(job) };
    // A copy that is counted while it waits would end the lease of the claim, but not this one.
    if (turn.alone || context.turns.waits(turn.bytes)) await hold.prolong();
    const attempt = await context.turns.run(turn, async () => {
      const record = await begin(hold, job, context);
      return record === undefined ? undefined : attemptOf(record, context);
    });
    if (attempt !== undefined) await settle(hold, job, attempt, context);
  } catch (error) {
    if (!(error instanceof TurnsClosed)) throw error;
    await hold.giveBack();
  } finally {
    await hold.end();
  }
}

/** The attempt itself, of a record whose attempt is counted and committed. */
export async function carryOutDeliver(record: MessageRecord, job: Job, context: GatewayContext): Promise<void> {
  const hold = holdDelivery(record, job, context);
  try {
    await settle(hold, job, await attemptOf(record, context), context);
  } finally {
    await hold.end();
  }
}

/** Counts the attempt and commits that; undefined when there is none: somebody else has the message, or it has ended. */
async function begin(hold: Hold, job: Job, context: GatewayContext): Promise<MessageRecord | undefined> {
  const begun = await hold.write(({ record, due }) => {
    const now = context.clock.now();
    const start = beginDeliver({ now, record, leaseUntil: now + context.leaseMs, key: job.key, held: due });
    return start.kind === 'nothing' ? undefined : start;
  });
  if (begun === undefined) return undefined;
  tell(begun.decided.happenings, { record: begun.record }, context);
  return begun.decided.kind === 'end' ? undefined : begun.record;
}

function attemptOf(record: MessageRecord, context: GatewayContext): Promise<HandOver> {
  const { hub } = context;
  if (hub === undefined) return Promise.resolve({ outcome: noHub });
  return handOver(record, hub, context).catch((error: unknown) => brokenOff(error, record, context));
}

const noHub: DeliverOutcome = { kind: 'failed', detail: 'this gateway has no hub settings; nothing to forward to' };

/**
 * A hand-over that breaks off has failed like any other, so that it ends as parked; damaged octets end it at once (row 23,
 * OPS-4). When the store is away, or this gateway ends, nothing can be said of it: it falls due again (house rule 8). The
 * words of the fault may be content, so they are kept nowhere.
 */
function brokenOff(error: unknown, { messageId }: MessageRecord, context: GatewayContext): HandOver {
  if (error instanceof BlobDamaged) return { outcome: { kind: 'blocked', detail: error.message } };
  const detail = tellBrokenOff(error, { messageId, job: 'deliver' }, context);
  const isNone = error instanceof StoreUnavailable || error instanceof ValidatorClosed;
  return { outcome: { kind: isNone ? 'postponed' : 'failed', detail } };
}

/** Nothing when the lease ran out and somebody else has the job: what comes of it is theirs to say (row 12). */
async function settle(hold: Hold, job: Job, { outcome, business }: HandOver, context: GatewayContext): Promise<void> {
  const settled = await hold.write(({ record }) => {
    const now = context.clock.now();
    const { change, happenings } = endDeliver({ now, record: withBusiness(record, business), outcome, key: job.key });
    return change === undefined ? undefined : { change, happenings };
  });
  if (settled !== undefined) tell(settled.decided.happenings, { record: settled.record }, context);
}

const withBusiness = (record: MessageRecord, business: BusinessData | undefined): MessageRecord =>
  business === undefined ? record : { ...record, business };

interface HandOver {
  readonly outcome: DeliverOutcome;
  /** What the content says of itself: from here on the record can be found by it. */
  readonly business?: BusinessData | undefined;
}

async function handOver(record: MessageRecord, hub: HubSettings, context: GatewayContext): Promise<HandOver> {
  const [part] = record.parts;
  if (part === undefined)
    return { outcome: { kind: 'refused', detail: 'no payload part: nothing to forward', codes: [] } };
  const allowedZenders = hub.senders.get(record.from.partyIds[0]?.value ?? '') ?? [];
  const content = await contentOf(part.blob, context);
  const { reading } = content;
  const answered = reading.ok ? await answeredBy(reading.value, context) : undefined;
  const options = { role: 'hub', allowedZenders, parts: record.parts.length, answered } as const;
  const judged = await judgeContent(content, options, context);
  for (const notice of judged.verdict.notices) {
    context.observer.emit('content.warning', { messageId: record.messageId, rule: notice.rule, detail: notice.detail });
  }
  const outcome = withRemarks(await carryOut(record, judged, context), judged.verdict.notices);
  return judged.read.ok ? { outcome, business: businessData(judged.read.value) } : { outcome };
}

/** What was not as it should be, and went on all the same, stands in the journal of the message as well. */
function withRemarks(outcome: DeliverOutcome, notices: Judged['verdict']['notices']): DeliverOutcome {
  if (outcome.kind !== 'handedOver') return outcome;
  return { ...outcome, detail: [outcome.detail, ...notices.map(({ rule, detail }) => `${rule} ${detail}`)].join('; ') };
}

/** Its octets are let go as they are read: a large document is in memory once. */
async function contentOf(blob: BlobRef, context: GatewayContext): Promise<ReadContent> {
  const reading = context.validator.readStuf(await context.blobs.read(blob), 'last');
  return { size: blob.bytes, reading: await reading };
}

async function carryOut(record: MessageRecord, judged: Judged, context: GatewayContext): Promise<DeliverOutcome> {
  if (judged.verdict.kind === 'refuse') {
    const { finding } = judged.verdict;
    return (await forwardedBefore(record, judged, finding, context)) ?? refuse(record, judged, finding, context);
  }
  if (!judged.read.ok || judged.route === undefined)
    return { kind: 'failed', detail: 'content passed without a route' };
  return forward(record, judged.read.value, judged.route, context);
}

/**
 * What was forwarded is not refused afterwards, though it may no longer be forwarded now: an attempt that could not say so
 * did it, or it came in another message (section 12, step 7 before the rest). A stranger learns nothing by a copy.
 */
async function forwardedBefore(
  record: MessageRecord,
  { read }: Judged,
  { check }: ContentFinding,
  context: GatewayContext,
): Promise<DeliverOutcome | undefined> {
  if (!read.ok) return undefined;
  const earlier = await forwardedEarlier(businessData(read.value), context);
  if (earlier === undefined) return undefined;
  if (earlier.originId === record.id)
    return { kind: 'handedOver', detail: `forwarded as ${earlier.messageId} before now` };
  return check !== 'zenderNotAllowed' && hasSameParts(earlier, record) && !isResendable(earlier)
    ? forwardedAs(earlier)
    : undefined;
}

const forwardedAs = ({ messageId }: MessageRecord): DeliverOutcome => ({
  kind: 'handedOver',
  detail: `the same StUF message was forwarded as ${messageId}`,
});

async function forward(
  record: MessageRecord,
  message: StufMessage,
  route: Route,
  context: GatewayContext,
): Promise<DeliverOutcome> {
  const business = businessData(message);
  const request: SubmitRequest = {
    ...exchangeOf(route, message.kind),
    uuid: forwardUuid(business),
    conversationId: record.conversationId,
    contents: record.parts.map((part) => ({ ...part, content: part.blob })),
    business,
    originId: record.id,
  };
  const submitted = await submitMessage(request, context);
  if (!submitted.ok) return { kind: 'failed', detail: firstDetail(submitted) };
  if (submitted.value.created || submitted.value.record.originId === record.id) {
    context.observer.emit('message.forwarded', {
      messageId: submitted.value.record.messageId,
      refToMessageId: record.messageId,
      cpaId: route.cpaId,
      referentienummer: business.referentienummer,
      ...(business.functie === undefined ? {} : { functie: business.functie }),
    });
    return { kind: 'handedOver', detail: `forwarded as ${submitted.value.record.messageId}` };
  }
  return repeated(record, { message, route }, submitted.value, context);
}

/** The same referentienummer came in another ebMS message: identical is done already, different is refused (stuf-ggk §9). */
async function repeated(
  record: MessageRecord,
  { message, route }: { readonly message: StufMessage; readonly route: Route },
  earlier: Submitted,
  context: GatewayContext,
): Promise<DeliverOutcome> {
  if (hasSameParts(earlier.record, record))
    return isResendable(earlier.record)
      ? forwardAgain(earlier.record, exchangeOf(route, message.kind), context)
      : forwardedAs(earlier.record);
  const [part] = record.parts;
  const content = part === undefined ? undefined : await contentOf(part.blob, context);
  const options = { role: 'hub', allowedZenders: undefined, usedBefore: true } as const;
  const judged = content === undefined ? undefined : await judgeContent(content, options, context);
  if (judged?.verdict.kind === 'refuse') return refuse(record, judged, judged.verdict.finding, context);
  return {
    kind: 'refused',
    detail: `referentienummer of ${message.kind} was used before for other content`,
    codes: [],
  };
}

/** What we gave up comes again from its sender: it is not done, it goes on as a new message, by the route of now (OPS-8). */
async function forwardAgain(
  earlier: MessageRecord,
  exchange: RouteExchange,
  context: GatewayContext,
): Promise<DeliverOutcome> {
  const submitted = await resendMessage(earlier.id, { by: 'offered again by its sender', exchange }, context);
  if (!submitted.ok) return { kind: 'failed', detail: firstDetail(submitted) };
  return {
    kind: 'handedOver',
    detail: `forwarded again as ${submitted.value.record.messageId} in place of ${earlier.messageId}`,
  };
}

/** What no sender can mend. */
const OURS: readonly CheckName[] = ['noCpa', 'noRoute'];

/**
 * Refused content: a Fo01 goes back under the agreement the message came by, unless there is nobody to answer. What only our
 * routes or agreements are to blame for, and nobody would hear of, waits for them (decision 0012).
 */
async function refuse(
  record: MessageRecord,
  judged: Judged,
  finding: ContentFinding,
  context: GatewayContext,
): Promise<DeliverOutcome> {
  const why = judged.notCarried === undefined || finding.check !== 'noCpa' ? '' : ` ${judged.notCarried}`;
  const detail = `${finding.code} (${finding.plek}): ${finding.omschrijving}${why}`;
  const fault = faultMessage(judged, finding, record, context);
  if (fault === undefined && OURS.includes(finding.check)) return { kind: 'failed', detail };
  if (fault === undefined)
    return { kind: 'refused', detail: `${detail} (no Fo01: not answerable)`, codes: [finding.code] };
  const uuid = derivedUuid(`fo01|${record.id}`);
  const submitted = await submitMessage(
    {
      cpaId: record.cpaId,
      from: { partyIds: record.to.partyIds },
      to: { partyIds: record.from.partyIds },
      service: record.service,
      action: actionFor('Fo01'),
      uuid,
      conversationId: record.conversationId,
      contents: [
        {
          contentId: `fo01-${uuid}@${context.messageIdDomain}`,
          contentType: 'application/xml',
          content: writeStuf(fault),
        },
      ],
      business: businessData(fault),
      originId: record.id,
    },
    context,
  );
  if (!submitted.ok) return { kind: 'failed', detail: `Fo01 cannot be sent: ${firstDetail(submitted)}` };
  return { kind: 'refused', detail, codes: [finding.code] };
}

function faultMessage(
  judged: Judged,
  finding: ContentFinding,
  record: MessageRecord,
  context: GatewayContext,
): StufMessage | undefined {
  const own = context.hub?.self;
  if (own === undefined) return undefined;
  return fo01For(finding, {
    read: judged.read,
    ...(judged.peek === undefined ? {} : { peek: judged.peek }),
    own,
    referentienummer: derivedUuid(`fo01-ref|${record.id}`),
    tijdstip: context.clock.now(),
  });
}

const firstDetail = (result: Extract<Result<Submitted, readonly Issue[]>, { ok: false }>): string =>
  result.error.map((issue) => `${issue.code} ${issue.where}: ${issue.detail}`).join('; ');
