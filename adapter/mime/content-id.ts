// Content-IDs and the cid: references to them (R6, R14).

/** The id without its angle brackets; brackets that only one side writes do not matter (R6, T18). */
export function withoutBrackets(id: string): string {
  const text = id.trim();
  return text.startsWith('<') && text.endsWith('>') && text.length > 2 ? text.slice(1, -1) : text;
}

/** The Content-ID that a `cid:` reference names, percent-decoded (R14, T68); undefined for any other kind of URI. */
export function contentIdOfHref(href: string): string | undefined {
  if (!/^cid:./is.test(href)) return undefined;
  const id = href.slice(4);
  try {
    return decodeURIComponent(id);
  } catch {
    return id; // a stray % is taken as it stands: peers write the id unescaped
  }
}
