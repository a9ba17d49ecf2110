// Fetches, encodings, characters and namespaces that a document should not have (rows 113, 120, 123, 124).
import {
  type DocumentAttack,
  harmless,
  inside,
  notWellFormed,
  octets,
  onRoot,
  prolog,
  refusedFor,
  utf8,
  utf16,
} from './document.ts';

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
  refusedFor('UTF-32')(
    'row 113 UTF-32LE with its byte order mark, which begins as that of UTF-16',
    octets((text) => Buffer.from([...`\ufeff${text}`].map((c) => `${c}\0`).join(''), 'utf16le')),
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

export const OCTET_ATTACKS: readonly DocumentAttack[] = [...OUTSIDE, ...ENCODINGS, ...CONTROLS, ...NAMESPACES];
