// The ebMS error table (R72-R75, §8.1) and how findings become an ErrorList.
import { ERROR_CODE_CONTEXT, hasError, type Issue, type Severity } from '../base/index.ts';
import type { EbmsError, ErrorList } from '../ebms/types.ts';
import { shownDetail, shownId } from './words.ts';

export interface ErrorKind {
  readonly group: 'xml' | 'other';
  /** The severity this gateway gives it when it raises it itself. */
  readonly severity: Severity;
  readonly when: string;
}

/** Every code of the default codeContext (§8.1); DeliveryFailure is a Warning once the message got through (R113). */
export const ERROR_TABLE = {
  ValueNotRecognized: { group: 'xml', severity: 'Error', when: 'the value is valid but unknown here' },
  NotSupported: { group: 'xml', severity: 'Error', when: 'the element belongs to a module that is not implemented' },
  Inconsistent: { group: 'xml', severity: 'Error', when: 'the content conflicts with the message or with the CPA' },
  OtherXml: { group: 'xml', severity: 'Error', when: 'another error in element content or attribute value' },
  DeliveryFailure: { group: 'other', severity: 'Error', when: 'the message could not be delivered' },
  TimeToLiveExpired: { group: 'other', severity: 'Error', when: 'the message arrived after its TimeToLive' },
  SecurityFailure: { group: 'other', severity: 'Error', when: 'signature, authenticity or authority check failed' },
  MimeProblem: { group: 'other', severity: 'Error', when: 'a payload reference cannot be resolved' },
  Unknown: { group: 'other', severity: 'Error', when: 'none of the others' },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERROR_TABLE;

/** More findings than these are of no use to a partner, and bound what a hostile message makes us send. */
const MAX_ERRORS = 20;

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_TABLE, code);
}

/** A finding of this gateway, with the severity of the table. `where` is XPath-like without prefixes, or `cid:…` (R70). */
export function finding(code: ErrorCode, where: string, detail: string, rule: string): Issue {
  return { code, severity: ERROR_TABLE[code].severity, where, detail, rule };
}

/** A finding that is only told, never a reason to refuse (R68). */
export function warning(code: ErrorCode, where: string, detail: string, rule: string): Issue {
  return { code, severity: 'Warning', where, detail, rule };
}

/** Findings as an ErrorList with the highest severity computed (R66, R67); undefined when there are none. */
export function errorListOf(issues: readonly Issue[]): ErrorList | undefined {
  if (issues.length === 0) return undefined;
  const ranked = [...issues].sort((a, b) => rank(a) - rank(b)).slice(0, MAX_ERRORS);
  return { version: '2.0', highestSeverity: hasError(ranked) ? 'Error' : 'Warning', errors: ranked.map(toError) };
}

/** Whether a partner's list holds an Error, also when its highestSeverity says less (R67): an Error must not pass as a Warning. */
export const holdsError = (list: ErrorList | undefined): boolean =>
  list !== undefined && (list.highestSeverity === 'Error' || list.errors.some(({ severity }) => severity === 'Error'));

const rank = (issue: Issue): number => (issue.severity === 'Error' ? 0 : 1);

/** Only codes of the default codeContext leave us (R69, DK-107). */
function toError(issue: Issue): EbmsError {
  const code = isErrorCode(issue.code) ? issue.code : 'Unknown';
  return {
    codeContext: ERROR_CODE_CONTEXT,
    errorCode: code,
    severity: issue.severity,
    location: shownId(issue.where),
    description: shownDetail(issue.detail),
  };
}
