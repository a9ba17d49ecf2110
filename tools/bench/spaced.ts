// XML as most other products write it: right, but not its own canonical form.

/**
 * The same document with one space more in its first start tag. Its canonical form, and with it every signature over that,
 * stays what it was; reading it takes a parser and a canonicalisation, which text that is canonical as it stands does not.
 */
export function spaced(xml: string): string {
  const at = xml.indexOf('>', xml.startsWith('<?xml') ? xml.indexOf('?>') + 2 : 0);
  return `${xml.slice(0, at)} ${xml.slice(at)}`;
}
