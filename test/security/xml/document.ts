// An attack that any XML document can carry, whatever its vocabulary, and the steps such attacks are made of.

export interface Document {
  /** Text without an XML declaration. */
  readonly text: string;
  /** Where a child element may be put: before this end tag. */
  readonly before: string;
}

export interface DocumentAttack {
  /** Begins with the row that it shows. */
  readonly name: string;
  readonly build: (document: Document, canary: string) => Buffer;
  /** `harmless`: every reader must read the document as if it were not there. */
  readonly verdict: 'refused' | 'harmless';
  /** Words of the answer to the partner. */
  readonly because?: string;
}

export const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');

/** Text before the root element, by the canary's URL. */
export const prolog =
  (before: string | ((canary: string) => string)): DocumentAttack['build'] =>
  ({ text }, canary) =>
    utf8((typeof before === 'string' ? before : before(canary)) + text);

/** A DOCTYPE, and in the document a reference that would bring in what it declares. */
export const doctype =
  (declaration: (canary: string) => string, use = ''): DocumentAttack['build'] =>
  (document, canary) =>
    Buffer.concat([utf8(declaration(canary)), inside(() => use)(document, canary)]);

/** A child element of nobody's vocabulary. */
export const inside =
  (child: (canary: string) => string): DocumentAttack['build'] =>
  ({ text, before }, canary) => {
    const at = text.lastIndexOf(before);
    if (at < 0) throw new Error(`nothing to put it before: ${before}`);
    return utf8(text.slice(0, at) + child(canary) + text.slice(at));
  };

/** More on the start tag of the root element. */
export const onRoot =
  (attributes: (canary: string) => string): DocumentAttack['build'] =>
  ({ text }, canary) =>
    utf8(text.replace(/^<[^\s>]+/, (start) => `${start} ${attributes(canary)}`));

/** The whole text in other octets. */
export const octets =
  (encode: (text: string) => Buffer): DocumentAttack['build'] =>
  ({ text }) =>
    encode(text);

export const refusedFor =
  (because: string) =>
  (name: string, build: DocumentAttack['build']): DocumentAttack => ({ name, build, verdict: 'refused', because });
export const harmless = (name: string, build: DocumentAttack['build']): DocumentAttack => ({
  name,
  build,
  verdict: 'harmless',
});
export const notWellFormed = refusedFor('not well-formed XML');

export const utf16 = (text: string, order: 'LE' | 'BE'): Buffer => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return order === 'LE' ? bytes : bytes.swap16();
};
