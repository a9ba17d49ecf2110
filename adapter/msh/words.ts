// Ids and findings as journal, record, log and answer show them: cut, or a partner would fill our disk with its own words (OPS-7).
import type { Issue } from '../base/index.ts';
import type { ErrorList } from '../ebms/types.ts';

const MAX_ID_SHOWN = 255;
const MAX_DETAIL = 1000;

/** An id that is longer than one may be (R33). */
export const shownId = (id: string): string => cut(id, MAX_ID_SHOWN);

/** What is said of one thing, whatever a partner wrote into it. */
export const shownDetail = (detail: string): string => cut(detail, MAX_DETAIL);

/** For journal, log and record, which only operators read: with the hint that the partner does not get (row 60). */
export const issuesText = (issues: readonly Issue[]): string =>
  shownDetail(
    issues
      .map(({ code, where, detail, hint }) => `${code} ${where}: ${detail}${hint === undefined ? '' : ` (${hint})`}`)
      .join('; '),
  );

/** What a partner says in an ErrorList: for journal and record, and for no log (row 159). */
export const errorsText = (list: ErrorList | undefined): string =>
  shownDetail(
    (list?.errors ?? [])
      .map(({ errorCode, location, description }) => `${errorCode} at ${location ?? '?'}: ${description ?? ''}`)
      .join('; '),
  );

export const rulesOf = (issues: readonly Issue[]): string[] => [...new Set(issues.flatMap(({ rule }) => rule ?? []))];

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}… (${text.length} characters)`;
}
