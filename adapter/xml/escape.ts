// Character escaping exactly as Canonical XML 1.0 writes it, and back.

const ILLEGAL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF\p{Surrogate}]/u;
const ILLEGAL_ALL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF\p{Surrogate}]/gu;
const TEXT_SPECIAL = /[&<>\r]/;
const TEXT_SPECIALS = /[&<>\r]/g;
const ATTRIBUTE_SPECIAL = /[&<"\t\n\r]/;
const ATTRIBUTE_SPECIALS = /[&<"\t\n\r]/g;
const REFERENCE = /&(?:amp|lt|gt|quot|#x9|#xA|#xD);/g;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};
const CHARACTERS: ReadonlyMap<string, string> = new Map(
  Object.entries(ESCAPES).map(([raw, escaped]) => [escaped, raw]),
);

/** Whether XML 1.0 can carry this text at all; control characters and lone surrogates it cannot (row 124). */
export function isXmlText(value: string): boolean {
  return !ILLEGAL.test(value);
}

/** Canonical character data. What XML cannot carry becomes U+FFFD; callers that must refuse it ask `isXmlText` first. */
export function escapeText(value: string): string {
  const text = legal(value);
  return TEXT_SPECIAL.test(text) ? text.replace(TEXT_SPECIALS, escaped) : text;
}

/** A canonical attribute value, without the quotes around it. */
export function escapeAttribute(value: string): string {
  const text = legal(value);
  return ATTRIBUTE_SPECIAL.test(text) ? text.replace(ATTRIBUTE_SPECIALS, escaped) : text;
}

/** Undoes either; undefined when the text is not what they write. */
export function unescaped(text: string): string | undefined {
  if (!text.includes('&')) return text;
  let known = 0;
  const plain = text.replace(REFERENCE, (reference) => {
    known += 1;
    return CHARACTERS.get(reference) ?? '';
  });
  return known === countAmpersands(text) ? plain : undefined;
}

function countAmpersands(text: string): number {
  let count = 0;
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', at + 1)) count += 1;
  return count;
}

function legal(value: string): string {
  return ILLEGAL.test(value) ? value.replace(ILLEGAL_ALL, '\uFFFD') : value;
}

function escaped(character: string): string {
  return ESCAPES[character] ?? character;
}
