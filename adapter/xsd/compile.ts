// Compiles schemas of the folder once and validates documents against them; nothing is ever fetched from elsewhere (row 120).
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import {
  ParseOption,
  XmlBufferInputProvider,
  XmlDocument,
  XmlError,
  XmlLibError,
  XsdValidator,
  xmlRegisterInputProvider,
} from 'libxml2-wasm';
import { NS } from '../base/index.ts';
import { inspectXml, type SourceEncoding, type XmlElement } from '../xml/index.ts';
import { checkBase64 } from './base64.ts';
import { GAVE_UP, readFinding } from './findings.ts';
import { headerFields } from './header.ts';
import { createLocator } from './locate.ts';
import { type SchemaWords, schemaWords } from './schema-words.ts';
import type { SchemaEntry, SchemaFindings, SchemaIssue } from './types.ts';

const MAX_ISSUES = 200;
/** A name that is no place on any disk or network: includes resolve inside the folder or not at all. */
const ROOT = 'schemas/';

let registered: XmlBufferInputProvider | undefined;
let generation = 0;

/** What is known of an entry; without a validator only its form is judged. The words are read at the first finding. */
interface Known {
  readonly validator: XsdValidator | undefined;
  words(): SchemaWords;
}

export interface Compiler {
  validate(bytes: Uint8Array, entry: SchemaEntry): SchemaFindings;
}

export function createCompiler(folder: string): Compiler {
  const prefix = provide(folder);
  const compiled = new Map<string, XsdValidator>();
  const validatorFor = (entry: SchemaEntry): XsdValidator => {
    const known = compiled.get(entry.file);
    if (known !== undefined) return known;
    const source = XmlDocument.fromBuffer(readFileSync(join(folder, entry.file)), {
      url: `${prefix}${entry.file}`,
      option: ParseOption.XML_PARSE_NONET,
    });
    try {
      const validator = XsdValidator.fromDoc(source);
      compiled.set(entry.file, validator);
      return validator;
    } finally {
      source.dispose();
    }
  };
  const words = new Map<string, SchemaWords>();
  const wordsFor = (entry: SchemaEntry): SchemaWords => {
    const known = words.get(entry.id) ?? schemaWords(folder, entry);
    words.set(entry.id, known);
    return known;
  };
  return {
    validate: (bytes, entry) => {
      const validator = entry.rootNamespace === '' ? undefined : validatorFor(entry);
      return validate(bytes, entry, { validator, words: () => wordsFor(entry) });
    },
  };
}

/** Hands libxml2 the schema files by name, so that includes and imports find them and nothing else. */
function provide(folder: string): string {
  generation += 1;
  const prefix = `${ROOT}${generation}/`;
  if (registered === undefined) {
    registered = new XmlBufferInputProvider({});
    xmlRegisterInputProvider(registered);
  }
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.xsd')) continue;
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path).split(sep).join(posix.sep);
    registered.addBuffer(`${prefix}${name}`, readFileSync(path));
  }
  return prefix;
}

/**
 * Validating, libxml2 measures the whole text of an element anew at each piece that a comment, an instruction or a CDATA section cuts
 * it in, at some 6 GB a second: 1 MB took 17 s, and 255 kB, on the event loop, half a second (row 125).
 */
const MAX_TEXT_WORK = 200_000_000;

const READ = {
  lines: true,
  limits: {
    maxBytes: 30 * 1024 * 1024,
    maxElements: 2_000_000,
    maxAttributes: 100_000,
    maxTextWork: MAX_TEXT_WORK,
  },
};

/** The tree is read by the guarded reader, validated and freed in one go; located only when there is something to locate. */
function validate(bytes: Uint8Array, entry: SchemaEntry, { validator, words }: Known): SchemaFindings {
  const hasBase64 = entry.rootNamespace === NS.ggk;
  let raw: readonly RawError[] = [];
  let seen: Omit<SchemaFindings, 'issues'> = { header: new Map(), encoding: undefined };
  const inspect = (document: XmlDocument, encoding: SourceEncoding): boolean => {
    seen = { header: headerFields(document), encoding };
    raw = validator === undefined ? [] : errorsOf(validator, document);
    return raw.length > 0 || hasBase64;
  };
  const read = inspectXml(bytes, inspect, READ);
  if (!read.ok) {
    const { kind, line } = read.error;
    const message = PROBLEMS[kind] ?? 'het document is niet leesbaar';
    return { issues: [{ line: line ?? 1, path: '/', code: kind, message }], ...seen };
  }
  if (read.value === undefined) return { issues: [], ...seen };
  const { root } = read.value;
  const faults = raw.length === 0 ? [] : issuesOf(raw, root, words());
  const issues = [...faults, ...checkBase64(root)].slice(0, MAX_ISSUES);
  return { issues, ...seen };
}

const PROBLEMS: Readonly<Record<string, string>> = {
  doctype: 'een DOCTYPE is niet toegestaan',
  notWellFormed: 'het document is geen welgevormde XML',
  tooLarge: `het document is te groot; hoogstens ${READ.limits.maxBytes} bytes`,
  tooDeep: 'het document is te diep genest',
  tooMany: 'het document heeft te veel elementen, attributen of stukken van een tekst',
  encoding: 'de tekencodering klopt niet',
  version: 'alleen XML 1.0 is toegestaan',
};

interface RawError {
  readonly message: string;
  readonly line: number;
  readonly xpath: string | undefined;
}

function errorsOf(validator: XsdValidator, document: XmlDocument): RawError[] {
  try {
    validator.validate(document);
    return [];
  } catch (error) {
    if (error instanceof XmlLibError) {
      return error.details.slice(0, MAX_ISSUES).map(({ message, line, xpath }) => ({ message, line, xpath }));
    }
    // libxml2 gives up on a single value of more than ten million characters: nothing that may pass unchecked.
    if (error instanceof XmlError) return [{ message: GAVE_UP, line: 1, xpath: undefined }];
    throw error;
  }
}

function issuesOf(raw: readonly RawError[], root: XmlElement, words: SchemaWords): SchemaIssue[] {
  const locate = createLocator(root);
  const issues: SchemaIssue[] = [];
  for (const error of raw) {
    const { code, message, element } = readFinding(error.message, words);
    const path = locate({ xpath: error.xpath, name: element, line: error.line });
    const last = issues.at(-1);
    // The type error that follows a facet error of the same element is the same finding.
    if (code === 'type' && last !== undefined && last.path === path && last.line === error.line) continue;
    issues.push({ line: error.line, path, code, message });
  }
  return issues;
}
