// Untrusted bytes to canonical text: as it was written when it is canonical, else guards, libxml2 and one canonicalisation.
import { ParseOption, XmlC14NMode, XmlDocument, XmlLibError } from 'libxml2-wasm';
import { fail, ok, type Result } from '../base/index.ts';
import { readAsWritten } from './as-written.ts';
import { type DecodedDocument, toUtf8, type Utf8Document } from './encoding.ts';
import { type Prescan, prescan } from './prescan.ts';
import { readCanonical } from './reader.ts';
import { SET_ASIDE_BYTES, setAside } from './set-aside.ts';
import type { CanonicalXml, SourceEncoding, XmlLimits, XmlProblem } from './types.ts';

/** The parsed tree as libxml2-wasm shows it; valid only while the callback it is handed to runs. */
export type LibxmlDocument = XmlDocument;

export const XML_LIMITS: XmlLimits = {
  maxBytes: 20 * 1024 * 1024,
  maxDepth: 200,
  maxElements: 500_000,
  maxAttributes: 500_000,
  maxTextWork: Number.POSITIVE_INFINITY, // only validation pays for it
};

export interface ReadXmlOptions {
  readonly limits?: Partial<XmlLimits>;
  /** The charset parameter of the MIME part; when given it must agree with the document (T20, row 113). */
  readonly charset?: string;
  /** Number each element with the line of its start tag. */
  readonly lines?: boolean;
  /** Octets from which a text of base64 is kept from libxml2; small only to try that. */
  readonly setAsideBytes?: number;
}

/** No network, no entities, no DTD, no catalogue, no ID table; HUGE is safe because the byte limit stands in front (D3). */
const PARSE_OPTIONS =
  ParseOption.XML_PARSE_NONET |
  ParseOption.XML_PARSE_NO_XXE |
  ParseOption.XML_PARSE_NO_SYS_CATALOG |
  ParseOption.XML_PARSE_SKIP_IDS |
  ParseOption.XML_PARSE_BIG_LINES |
  ParseOption.XML_PARSE_HUGE;

/**
 * Reads a document into its inclusive canonical form (without comments) and the elements of that text. Hostile input
 * (DOCTYPE, depth, size, encodings: rows 113, 117–119, 124) is refused before libxml2 sees it; what is canonical as it stands
 * libxml2 need not see at all. `detail` never repeats text of the document (row 159).
 */
export function readXml(bytes: Uint8Array, options: ReadXmlOptions = {}): Result<CanonicalXml, XmlProblem> {
  const limits = { ...XML_LIMITS, ...options.limits };
  const decoded = decode(bytes, limits, options);
  if (!decoded.ok) return decoded;
  const { lines = false, setAsideBytes = SET_ASIDE_BYTES } = options;
  const read = bytes.length < setAsideBytes ? readShort : readLong;
  return read(decoded.value, { limits, lines, setAsideBytes });
}

interface Wanted {
  readonly limits: XmlLimits;
  readonly lines: boolean;
  readonly setAsideBytes: number;
}

function readShort(document: Utf8Document, { limits, lines }: Wanted): Result<CanonicalXml, XmlProblem> {
  const written = readAsWritten(document, limits, lines);
  if (written !== undefined) return ok(written);
  const scanned = prescan(document.bytes, document.bodyAt, limits, lines);
  return scanned.ok ? canonicalised(document.bytes, scanned.value) : scanned;
}

/** The look ahead comes first: it finds the text without which the document is short, and its form soon seen. */
function readLong(document: Utf8Document, { limits, lines, setAsideBytes }: Wanted): Result<CanonicalXml, XmlProblem> {
  const scanned = prescan(document.bytes, document.bodyAt, limits, lines);
  if (!scanned.ok) return scanned;
  const shortened = setAside(document, scanned.value.longest, setAsideBytes);
  if (shortened === undefined || readAsWritten(shortened.document, limits, false) !== undefined) {
    const written = readAsWritten(document, limits, lines);
    if (written !== undefined) return ok(written);
  }
  const short = shortened && withDocument(shortened.document.bytes, (tree) => canonicalText(tree, INCLUSIVE));
  const text = short?.ok === true ? shortened?.restore(short.value) : undefined;
  // What is not well-formed is read whole, so that it is told with its own line.
  return text === undefined ? canonicalised(document.bytes, scanned.value) : elementsOf(text, scanned.value);
}

function canonicalised(utf8: Uint8Array, scan: Prescan): Result<CanonicalXml, XmlProblem> {
  const text = withDocument(utf8, (document) => canonicalText(document, INCLUSIVE));
  return text.ok ? elementsOf(text.value, scan) : text;
}

function elementsOf(text: string, { lines, marked }: Prescan): Result<CanonicalXml, XmlProblem> {
  const xml = readCanonical(text, { lines, marked });
  return xml === undefined ? fail(notWellFormed(undefined)) : ok(xml);
}

/**
 * The same guards and the same tree, which `inspect` sees before it is freed, for instance to validate it; it must not keep
 * it. `encoding` is how the octets were written. Only when `inspect` says so the canonical form is made, which costs as much as a schema's verdict.
 */
export function inspectXml(
  bytes: Uint8Array,
  inspect: (document: LibxmlDocument, encoding: SourceEncoding) => boolean,
  options: ReadXmlOptions = {},
): Result<CanonicalXml | undefined, XmlProblem> {
  const limits = { ...XML_LIMITS, ...options.limits };
  const decoded = decode(bytes, limits, options);
  if (!decoded.ok) return decoded;
  const utf8 = decoded.value;
  const scanned = prescan(utf8.bytes, utf8.bodyAt, limits, false);
  if (!scanned.ok) return scanned;
  const text = withDocument<string | undefined>(utf8.bytes, (document) =>
    inspect(document, utf8.encoding) ? canonicalText(document, INCLUSIVE) : ok(undefined),
  );
  if (!text.ok || text.value === undefined) return text as Result<undefined, XmlProblem>;
  // Counting lines costs as much as the look ahead itself, and is asked for only when there is something to tell.
  const counted = options.lines === true ? prescan(utf8.bytes, utf8.bodyAt, limits, true) : scanned;
  return counted.ok ? elementsOf(text.value, counted.value) : counted;
}

/** Every prefix of a PrefixList is looked up at every element, through all its ancestors (row 148). */
const MAX_LOOK_UPS = 1_000_000;

/** Exclusive canonical form (without comments) of a document; `prefixes` is the InclusiveNamespaces PrefixList. */
export function exclusiveCanonical(bytes: Uint8Array, prefixes: readonly string[]): Result<string, XmlProblem> {
  const decoded = decode(bytes, XML_LIMITS, {});
  if (!decoded.ok) return decoded;
  const utf8 = decoded.value.bytes;
  const scan = prescan(utf8, decoded.value.bodyAt, XML_LIMITS, false);
  if (!scan.ok) return scan;
  if (prefixes.length * scan.value.elements > MAX_LOOK_UPS)
    return fail({ kind: 'tooMany', detail: 'too many elements for so many inclusive prefixes' });
  return withDocument(utf8, (document) => canonicalText(document, XmlC14NMode.XML_C14N_EXCLUSIVE_1_0, prefixes));
}

function decode(bytes: Uint8Array, limits: XmlLimits, options: ReadXmlOptions): Result<DecodedDocument, XmlProblem> {
  if (bytes.length > limits.maxBytes) return fail({ kind: 'tooLarge', detail: `more than ${limits.maxBytes} bytes` });
  return toUtf8(bytes, options.charset);
}

/** Parses, lets `use` read the tree, and frees it whatever happens: wasm memory is not garbage collected in time. */
function withDocument<T>(
  utf8: Uint8Array,
  use: (document: XmlDocument) => Result<T, XmlProblem>,
): Result<T, XmlProblem> {
  let document: XmlDocument;
  try {
    document = XmlDocument.fromBuffer(utf8, { encoding: 'UTF-8', option: PARSE_OPTIONS });
  } catch (error) {
    if (error instanceof XmlLibError) return fail(notWellFormed(error.details[0]?.line));
    throw error;
  }
  try {
    // Should the look ahead and libxml2 ever disagree about what a DOCTYPE is, the stricter one wins.
    if (document.dtd !== null) return fail({ kind: 'doctype', detail: 'a document type declaration is not allowed' });
    return use(document);
  } finally {
    document.dispose();
  }
}

type Mode = (typeof XmlC14NMode)[keyof typeof XmlC14NMode];
const INCLUSIVE = XmlC14NMode.XML_C14N_1_0;

function canonicalText(document: XmlDocument, mode: Mode, prefixes?: readonly string[]): Result<string, XmlProblem> {
  try {
    const list = prefixes === undefined ? {} : { inclusiveNamespacePrefixes: [...prefixes] };
    const octets = new Collector();
    document.canonicalize(octets, { mode, ...list });
    return ok(octets.text());
  } catch {
    // libxml2 canonicalises every tree it parses, but for namespace names that are relative URIs (C14N 1.0, 1.3).
    return fail({ kind: 'notWellFormed', detail: 'a namespace name is a relative URI' });
  }
}

/** libxml2 writes in pieces; decoded one by one, each would lose a U+FEFF at its start. */
class Collector {
  readonly #pieces: Buffer[] = [];

  write(piece: Uint8Array): number {
    this.#pieces.push(Buffer.from(piece));
    return piece.length;
  }

  close(): boolean {
    return true;
  }

  text(): string {
    return Buffer.concat(this.#pieces).toString('utf8');
  }
}

function notWellFormed(line: number | undefined): XmlProblem {
  const problem: XmlProblem = { kind: 'notWellFormed', detail: 'not well-formed XML with namespaces' };
  return line === undefined ? problem : { ...problem, line };
}
