// The only form in which XML is read: its inclusive canonical text, and elements as ranges of that text.

export interface XmlAttribute {
  readonly name: string;
  readonly prefix: string;
  readonly ns: string;
  readonly value: string;
}

/** One element of a canonical text. Offsets are indexes into `CanonicalXml.text` (UTF-16 code units). */
export interface XmlElement {
  readonly name: string;
  readonly prefix: string;
  readonly ns: string;
  /** Attributes without namespace declarations. */
  readonly attributes: readonly XmlAttribute[];
  /** Namespaces in scope, prefix to URI; the default namespace has the prefix ''. */
  readonly namespaces: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** All character data that is a direct child, joined (comments and CDATA are gone in the canonical text, row 122). */
  readonly text: string;
  readonly parent: XmlElement | undefined;
  /** From `<` of the start tag to behind `>` of the end tag. */
  readonly start: number;
  readonly end: number;
  /** Between the start tag and the end tag. */
  readonly innerStart: number;
  readonly innerEnd: number;
  /** Line of the start tag in the source document, when asked for. */
  readonly line?: number;
}

export interface CanonicalXml {
  readonly text: string;
  readonly root: XmlElement;
  /**
   * Elements (numbered from 0 in document order) that directly held a comment or a CDATA section in the source, where
   * the canonical text no longer shows it (row 142). At most 1000 are kept; absent when the text was not read from a source.
   */
  readonly marked?: readonly number[];
}

export type XmlEncoding = 'UTF-8' | 'UTF-16' | 'ISO-8859-1' | 'US-ASCII';

/** How a document was written, before it was read; UTF-16 has its byte order mark always. */
export interface SourceEncoding {
  readonly name: XmlEncoding;
  readonly byteOrderMark: boolean;
}

export interface XmlProblem {
  readonly kind: 'doctype' | 'notWellFormed' | 'tooLarge' | 'tooDeep' | 'tooMany' | 'encoding' | 'version';
  readonly detail: string;
  readonly line?: number;
}

export interface XmlLimits {
  readonly maxBytes: number;
  readonly maxDepth: number;
  readonly maxElements: number;
  /** Attributes and namespace declarations of the whole document. */
  readonly maxAttributes: number;
  /** Sum over all comments, instructions and CDATA sections of the octets of the text that each cuts, before it. */
  readonly maxTextWork: number;
}
