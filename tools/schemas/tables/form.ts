// The compact form in which the tables hold what the project knows of an iStandaard.
import type { Grade } from '../../../adapter/xsd/types.ts';

/** A simple type (LDT): a base type of XML Schema and its facets; `codes` is an enumeration, separated by blanks. */
export interface SimpleRow {
  readonly base: 'string' | 'integer' | 'date' | 'time';
  readonly length?: readonly [number | undefined, number | undefined];
  readonly range?: readonly [number, number];
  readonly pattern?: string;
  readonly codes?: string;
}

/**
 * The children of a class or composed type in order, separated by blanks. Each is `Name:Type{pattern}` with `?` (0..1),
 * `+` (1..n) or `*` (0..n) behind it; without a type the child has the class of its own name. `##any` is open content.
 */
export type ContentRow = string;

export interface MessageRow {
  readonly code: string;
  /** Number of the message in code list COD002; absent where none is known. */
  readonly berichtCode?: string;
  readonly from?: string;
  readonly to?: string;
  /** Set on a return message: its classes are those of the request with RetourCodes (istandaarden.md section 3). */
  readonly returns?: string;
  /** Set on a claim answer, which has classes of its own. */
  readonly answers?: string;
  readonly types?: Readonly<Record<string, ContentRow>>;
}

export interface StandardTable {
  readonly id: string;
  readonly standard: string;
  readonly version: string;
  readonly prefix: string;
  readonly major: number;
  readonly minor: number;
  readonly xsdVersion: string;
  readonly grade: Grade;
  readonly origin: string;
  readonly confidence: string;
  /** The order of the elements of a class is not known: written as xs:all. */
  readonly orderFree?: boolean;
  /** Pattern of BerichtSubversie when more than one is accepted. */
  readonly subversions?: string;
  /** Table whose types this one takes over, all of them or only those named in `shares`. */
  readonly basedOn?: string;
  readonly shares?: string;
  readonly simple: Readonly<Record<string, SimpleRow>>;
  readonly composed: Readonly<Record<string, ContentRow>>;
  readonly messages: readonly MessageRow[];
}
