// A step as a Change with its happenings: what every decide function returns.
import type { Change, MessageRecord } from './change.ts';
import type { Effect, Happening } from './decision.ts';
import { type LifecycleEvent, type StepFacts, type Stepped, step } from './lifecycle.ts';

/** Events of the lifecycle as the observer hears them. */
const TOLD: Readonly<Partial<Record<LifecycleEvent, string>>> = {
  attempt: 'transmit.attempt',
  exhausted: 'message.failed',
  expired: 'message.expired',
  unknownOutcome: 'message.failed',
  transmittedAwaitingAck: 'message.awaitingAck',
  transmitted: 'message.sent',
  transmitFailed: 'transmit.failed',
  transmitRefused: 'message.failed',
  acknowledged: 'message.acknowledged',
  errorReceived: 'message.rejected',
  retry: 'message.operated',
  cancel: 'message.cancelled',
  handedOver: 'message.delivered',
  handOverFailed: 'deliver.failed',
  handOverExhausted: 'message.parked',
  contentRefused: 'content.refused',
  copy: 'message.duplicate',
  copyDelivered: 'message.duplicate',
  redeliver: 'message.operated',
  discard: 'message.discarded',
};

/** Takes the step and makes it a change of this record; an event the tables do not list is journalled and not told. */
export function effectOf(record: MessageRecord, facts: StepFacts, extra: Partial<Happening> = {}): Effect {
  const stepped = step(record, facts);
  const name = TOLD[facts.event];
  const detail = facts.problem ?? facts.detail;
  const told: Happening[] =
    name === undefined || !stepped.listed
      ? []
      : [
          {
            event: name,
            ...(detail === undefined ? {} : { detail }),
            rule: stepped.journal.rules?.[0] ?? '',
            ...extra,
          },
        ];
  return { change: changeOf(record, stepped, facts), happenings: told };
}

function changeOf(record: MessageRecord, stepped: Stepped, facts: StepFacts): Change {
  return {
    expect: record.version,
    message: stepped.message,
    journal: [stepped.journal],
    blobs: facts.evidence === undefined ? [] : [facts.evidence],
  };
}

/** Writes a line of evidence and changes nothing else. */
export function journalOnly(
  record: MessageRecord,
  facts: Pick<StepFacts, 'now' | 'detail' | 'evidence'> & { readonly event: string; readonly rules: readonly string[] },
): Change {
  const { evidence } = facts;
  return {
    expect: record.version,
    message: record,
    journal: [
      {
        at: facts.now,
        event: facts.event,
        state: record.state,
        rules: facts.rules,
        ...(facts.detail === undefined ? {} : { detail: facts.detail }),
        ...(evidence === undefined ? {} : { evidence: { sha256: evidence.sha256, bytes: evidence.bytes } }),
      },
    ],
    blobs: evidence === undefined ? [] : [evidence],
  };
}
