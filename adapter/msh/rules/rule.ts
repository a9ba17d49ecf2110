// What a rule is: an id of the fact sheets, a sentence, the kinds of message it judges, and a small pure check.
import type { Issue } from '../../base/index.ts';
import type { ReceiveFacts } from '../decision.ts';

/** Columns of the rule table. */
export type Column = 'business' | 'ack' | 'error' | 'ping' | 'status';

/** Facts in, findings out. */
export type Check = (facts: ReceiveFacts) => Issue | readonly Issue[] | undefined;

export interface Rule {
  readonly id: string;
  readonly says: string;
  readonly columns: readonly Column[];
  readonly check: Check;
  /** Says nothing when this rule has found an error already. */
  readonly after?: string;
}

/** `rule('R36', 'TimeToLive is not past', B)(notExpired)`: one row of the table. */
export const rule =
  (id: string, says: string, ...columns: readonly Column[]) =>
  (check: Check, after?: string): Rule => ({ id, says, columns, check, ...(after === undefined ? {} : { after }) });
