// The simple types of the CPPA schema: does a text belong to one, after the white space is treated as the type says.
import { parseDateTime, parseDuration } from '../base/index.ts';

const NC_NAME = /^[\p{L}_][\p{L}\p{N}\p{M}\-._\u00B7]*$/u;
const PRESENCE = ['always', 'never', 'perMessage'];
const LEVEL = ['none', 'transient', 'persistent', 'transient-and-persistent'];

/** Enumerations derive from NMTOKEN or Name: white space is collapsed, then the match is exact (C3). */
const ENUMERATIONS: Readonly<Record<string, readonly string[]>> = {
  status: ['proposed', 'agreed', 'signed'],
  syncReply: ['mshSignalsOnly', 'responseOnly', 'signalsAndResponse', 'signalsOnly', 'none'],
  presence: PRESENCE,
  level: LEVEL,
  endpoint: ['login', 'request', 'response', 'error', 'allPurpose'],
  order: ['Guaranteed', 'NotGuaranteed'],
  access: ['basic', 'digest'],
  actor: ['urn:oasis:names:tc:ebxml-msg:actor:nextMSH', 'urn:oasis:names:tc:ebxml-msg:actor:toPartyMSH'],
  simple: ['simple'],
};

const CHECKS: Readonly<Record<string, (text: string) => boolean>> = {
  string: () => true,
  nes: (text) => text.length > 0,
  uri: (text) => isUriReference(collapse(text)),
  id: (text) => isNcName(collapse(text)),
  idref: (text) => isNcName(collapse(text)),
  boolean: (text) => /^(?:true|false|1|0)$/.test(collapse(text)),
  integer: (text) => /^[+-]?\d+$/.test(collapse(text)),
  int: (text) => isInt(collapse(text)),
  count: (text) => /^(?:\+?\d+|-0+)$/.test(collapse(text)),
  dateTime: (text) => parseDateTime(collapse(text)) !== undefined,
  duration: (text) => isDuration(collapse(text)),
  language: (text) => /^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*$/.test(collapse(text)),
  base64: (text) => isBase64(text),
};

/** Names of the simple types, for the structure table. */
export type SimpleType = string;

/** True when the text is a value of the type. Throws on an unknown type name: that is a mistake in the table. */
export function isOfType(type: SimpleType, text: string): boolean {
  const values = ENUMERATIONS[type];
  if (values !== undefined) return values.includes(collapse(text));
  const check = CHECKS[type];
  if (check === undefined) throw new Error(`unknown simple type ${type}`);
  return check(text);
}

/** What a value of the type looks like, in Dutch, for the list of faults. */
export function describeType(type: SimpleType): string {
  const values = ENUMERATIONS[type];
  return values === undefined ? (DESCRIPTIONS[type] ?? type) : `één van ${values.join(', ')}`;
}

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  nes: 'een tekst die niet leeg is',
  uri: 'een URI',
  id: 'een XML-naam zonder dubbele punt',
  idref: 'een verwijzing naar een id',
  boolean: 'true of false',
  integer: 'een geheel getal',
  int: 'een geheel getal',
  count: 'een geheel getal vanaf 0',
  dateTime: 'een tijdstip als 2030-01-01T00:00:00Z',
  duration: 'een tijdsduur als PT3H',
  language: 'een taalcode',
  base64: 'base64',
};

/** White space as XML Schema collapses it. */
export function collapse(text: string): string {
  return text.replace(/[ \t\r\n]+/g, ' ').replace(/^ | $/g, '');
}

export function isNcName(text: string): boolean {
  return NC_NAME.test(text);
}

/** True for a text that names a URI scheme (R25, R31: a value without type must be a URI). */
export function isAbsoluteUri(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$/.test(text);
}

function isInt(text: string): boolean {
  return /^[+-]?\d{1,15}$/.test(text) && Math.abs(Number(text) + 0.5) <= 2 ** 31;
}

/** xs:duration; a negative one is well-typed, what it means is judged later. */
function isDuration(text: string): boolean {
  return parseDuration(text.startsWith('-') ? text.slice(1) : text) !== undefined;
}

/** A URI reference after the escaping that xs:anyURI allows: only percent signs, `#`, brackets and an empty scheme can be wrong. */
function isUriReference(text: string): boolean {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return false;
  if (text.indexOf('#') !== text.lastIndexOf('#')) return false;
  if (/^[^/?#]*:/.test(text) && !/^[A-Za-z][A-Za-z0-9+.-]*:/.test(text)) return false;
  return (
    !/[[\]]/.test(text) ||
    /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#[\]]*\[[0-9A-Fa-fvV:.]+\](?::\d*)?(?:[/?#][^[\]]*)?$/.test(text)
  );
}

function isBase64(text: string): boolean {
  const bare = text.replace(/[ \t\r\n]+/g, '');
  return bare.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(bare);
}
