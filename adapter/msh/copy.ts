// A message that is here already: the stored answer again, never a second delivery where duplicates are eliminated (R107–R110).
import type { Issue } from '../base/index.ts';
import type { MessageRecord } from './change.ts';
import type { Decision, ReceiveFacts, Reply } from './decision.ts';
import { effectOf } from './effect.ts';

/** The same MessageId with other header fields, parts or CPA is not a copy but id reuse (row 47, row 48). */
export function isReuse(earlier: MessageRecord, facts: Pick<ReceiveFacts, 'fingerprint'>): boolean {
  return earlier.fingerprint !== facts.fingerprint;
}

/** So many hand-overs of one message may wait; every further copy makes the record larger, and is counted only. */
const MOST_WAITING = 10;

const mayWait = ({ jobs, handover }: MessageRecord): boolean =>
  jobs.filter(({ kind }) => kind === handover).length < MOST_WAITING;

export function copyOf(earlier: MessageRecord, facts: ReceiveFacts, issues: readonly Issue[]): Decision {
  const again = !earlier.terms.duplicateElimination && !earlier.terms.ackRequested && mayWait(earlier);
  const { change, happenings } = effectOf(earlier, {
    now: facts.now,
    event: again ? 'copyDelivered' : 'copy',
    detail: `copy ${earlier.copies + 1}`,
  });
  return {
    ...(change === undefined ? {} : { change }),
    reply: replyFor(earlier),
    ...(again ? {} : { copy: true as const, evidence: true as const }),
    happenings,
    issues,
  };
}

function replyFor(earlier: MessageRecord): Reply {
  return earlier.answer !== undefined && earlier.terms.syncReply
    ? { kind: 'stored', answer: earlier.answer }
    : { kind: 'empty' };
}
