// Validation against a named schema set, wherever it runs.
import type { StufReading } from '../stuf/index.ts';
import type { SourceEncoding } from '../xml/index.ts';

/** One violation of a schema: the place, the facet or structure rule broken, never the value found (row 159). */
export interface SchemaIssue {
  /** Line in the document given, from 1. */
  readonly line: number;
  /** XPath-like path of local names with positions, e.g. `/Bericht/Client[1]/Bsn`. */
  readonly path: string;
  /** Facet or rule: `pattern`, `maxLength`, `enumeration`, `minInclusive`, `type`, `missing`, `unexpected`, `fixed`, … */
  readonly code: string;
  /** Dutch, for people; names what was expected, and what was found only where that cannot be personal data. */
  readonly message: string;
}

export type Grade = 'strict' | 'provisional' | 'envelope';

/** A row of `schemas/catalogue.json`. */
export interface SchemaEntry {
  /** E.g. `iwmo-3.2/wmo301`, `stuf-ggk0210`, `ebms-2.0`, `cppa-2.0`. */
  readonly id: string;
  readonly file: string;
  readonly rootName: string;
  readonly rootNamespace: string;
  readonly standard: string;
  readonly message?: string;
  /** Number of the message in code list COD002, where one is known. */
  readonly berichtCode?: string;
  readonly version: string;
  readonly grade: Grade;
  readonly origin: string;
  readonly confidence: string;
  readonly sha256: string;
}

/** Local name → text of the fields in the Header of a message; empty when it has none that can be read. */
export type HeaderFields = ReadonlyMap<string, string>;

/** What one reading of a document found. */
export interface SchemaFindings {
  readonly issues: readonly SchemaIssue[];
  readonly header: HeaderFields;
  /** How its octets were written; undefined when it could not be read. */
  readonly encoding: SourceEncoding | undefined;
}

export interface SchemaVerdict extends SchemaFindings {
  readonly schema: SchemaEntry;
  readonly valid: boolean;
}

/**
 * Whether the caller needs the octets afterwards. After their `last` use a large document belongs to the worker, so that it is
 * in memory once, and `bytes` may be empty.
 */
export type DocumentUse = 'kept' | 'last';

export interface SchemaValidator {
  readonly entries: readonly SchemaEntry[];
  find(rootNamespace: string, rootName: string): SchemaEntry | undefined;
  /** The entry for a functie and version of the StUF envelope, e.g. `WMO301`, `0003`, `0002` (D9). */
  forFunctie(functie: string, versie: string, subversie: string): SchemaEntry | undefined;
  /** Inline for small documents, in a worker above 256 KB (D3). Not well-formed counts as one issue with code `notWellFormed`. */
  validate(bytes: Uint8Array, schemaId: string, use?: DocumentUse): Promise<SchemaVerdict>;
  /** What `readOrPeek` says of the document; inline or in a worker by the same bound. */
  readStuf(bytes: Uint8Array, use?: DocumentUse): Promise<StufReading>;
  close(): Promise<void>;
}
