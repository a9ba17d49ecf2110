// One finding about something we were given: what is wrong, where, and which rule says so.

/** ebMS severities (R68): an `Error` stops the message, a `Warning` is only told. */
export type Severity = 'Error' | 'Warning';

/**
 * A finding. `detail` names what was found and what was expected; it never holds personal data or payload text
 * (row 159). `where` is an XPath-like location without prefixes, or `cid:…` for a payload part (R70).
 */
export interface Issue {
  readonly code: string;
  readonly severity: Severity;
  readonly where: string;
  readonly detail: string;
  /** For our own operator only, in Dutch: what to look at. A partner never gets it (row 60). */
  readonly hint?: string;
  /** Rule id of the fact sheets: R36, C5, V13, T57, DK-030, row 44 … */
  readonly rule?: string;
  /** Line in the source document, counted from 1. */
  readonly line?: number;
}

export function hasError(issues: readonly Issue[]): boolean {
  return issues.some((issue) => issue.severity === 'Error');
}
