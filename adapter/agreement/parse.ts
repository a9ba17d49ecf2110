// CPA bytes become an Agreement, or the list of everything that is wrong with them (V1, V8, rows 76 and 78).
import { fail, hasError, type Issue, NS, ok, type Result } from '../base/index.ts';
import { readXml, type XmlElement, type XmlProblem } from '../xml/index.ts';
import { buildAgreement } from './build.ts';
import { sha256Hex } from './certificate-element.ts';
import { checkReferences } from './references.ts';
import { checkStructure } from './structure.ts';
import type { Agreement } from './types.ts';

/** A CPA larger than this is refused before it is read (row 76). */
export const MAX_CPA_BYTES = 5 * 1024 * 1024;

export interface ParsedCpa {
  readonly agreement: Agreement;
  readonly warnings: readonly Issue[];
}

/** Roots of documents that people mistake for a CPA, with what to say about them (row 76). */
const OTHER_NAMESPACES: readonly (readonly [prefix: string, text: string])[] = [
  ['http://www.ebxml.org/namespaces/tradePartner', 'dit is een CPA volgens CPPA 1.0; nodig is CPPA 2.0'],
  ['http://docs.oasis-open.org/ebcore/', 'dit is een CPPA 3.0-document; nodig is CPPA 2.0'],
];

/**
 * Reads a CPA. A document that is no CPA 2.0 at all gives one refusal; otherwise all faults of structure, ids and references
 * are listed at once, each with its line. What the CPA says is judged by `checkCpa`, not here.
 */
export function parseCpa(bytes: Uint8Array): Result<ParsedCpa, readonly Issue[]> {
  if (bytes.length > MAX_CPA_BYTES) {
    return refuse('TooLarge', `het document is groter dan ${MAX_CPA_BYTES / 1024 / 1024} MB`);
  }
  if (bytes.length === 0) return refuse('Empty', 'het document is leeg; verwacht een CPA (CPPA 2.0)');
  const read = readXml(bytes, { lines: true });
  if (!read.ok) return fail([problemIssue(read.error)]);
  const root = read.value.root;
  const wrong = wrongRoot(root);
  if (wrong !== undefined) return wrong;
  const structure = checkStructure(root);
  const issues = [...structure.issues, ...checkReferences(root, structure.ids)].sort(
    (a, b) => (a.line ?? 0) - (b.line ?? 0),
  );
  if (hasError(issues)) return fail(issues);
  const built = buildAgreement(root, sha256Hex(bytes));
  return hasError(built.issues) ? fail(built.issues) : ok({ agreement: built.agreement, warnings: built.issues });
}

/**
 * Reads again what an import has taken, without looking for faults: `sha256`, lower-case hex, says that these are the octets
 * that were checked then. Undefined when they are not, or are no CPA at all.
 */
export function rereadCpa(bytes: Uint8Array, sha256: string): Agreement | undefined {
  if (sha256Hex(bytes) !== sha256) return undefined;
  const read = readXml(bytes, { lines: true });
  if (!read.ok || wrongRoot(read.value.root) !== undefined) return undefined;
  const built = buildAgreement(read.value.root, sha256);
  return hasError(built.issues) ? undefined : built.agreement;
}

/** The reader's own words are for the other end of the wire. */
const PROBLEMS: Readonly<Record<XmlProblem['kind'], readonly [code: string, detail: string]>> = {
  doctype: ['Doctype', 'een DOCTYPE is niet toegestaan'],
  notWellFormed: ['NotWellFormed', 'het document is geen welgevormde XML; verwacht een CPA (CPPA 2.0)'],
  tooLarge: ['TooLarge', 'het document is te groot'],
  tooDeep: ['TooDeep', 'het document is te diep genest'],
  tooMany: ['TooMany', 'het document heeft te veel elementen of attributen'],
  encoding: ['Encoding', 'de tekencodering klopt niet'],
  version: ['XmlVersion', 'alleen XML 1.0 is toegestaan'],
};

function problemIssue({ kind, line }: XmlProblem): Issue {
  const [code, detail] = PROBLEMS[kind];
  const issue: Issue = { code, severity: 'Error', where: '/', detail, rule: 'V1' };
  return line === undefined ? issue : { ...issue, line };
}

function wrongRoot(root: XmlElement): Result<never, readonly Issue[]> | undefined {
  if (root.ns === NS.cppa && root.name === 'CollaborationProtocolAgreement') return undefined;
  if (root.ns === NS.cppa && root.name === 'CollaborationProtocolProfile') {
    return refuse('Profile', 'dit is een CPP (profiel van één partij), geen CPA', root);
  }
  const other = OTHER_NAMESPACES.find(([prefix]) => root.ns.startsWith(prefix));
  if (other !== undefined) return refuse('OtherCppaVersion', other[1], root);
  return refuse(
    'WrongRoot',
    'dit is geen CPA: het document begint niet met CollaborationProtocolAgreement (CPPA 2.0)',
    root,
  );
}

function refuse(code: string, detail: string, root?: XmlElement): Result<never, readonly Issue[]> {
  const line = root?.line === undefined ? {} : { line: root.line };
  return fail([{ code, severity: 'Error', where: '/', detail, rule: 'row 76', ...line }]);
}
