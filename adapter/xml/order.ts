// The sort orders of Canonical XML: by code point, namespace declarations by prefix, attributes by namespace then name.

/** Below zero when `a` comes first. UTF-16 order differs from it where surrogates meet U+E000 to U+FFFF. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** Order of attributes: those without namespace first, then by namespace URI, then by local name. */
export function compareAttributes(a: { ns: string; name: string }, b: { ns: string; name: string }): number {
  return compareCodePoints(a.ns, b.ns) || compareCodePoints(a.name, b.name);
}
