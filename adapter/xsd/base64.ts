// libxml2 skips characters that are no base64; StUF may not be read two ways, so its contents are checked here (stuf-ggk §15).
import { NS } from '../base/index.ts';
import { findAll, pathOf, type XmlElement } from '../xml/index.ts';
import type { SchemaIssue } from './types.ts';

const FORM = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export function checkBase64(root: XmlElement): SchemaIssue[] {
  if (root.ns !== NS.ggk) return [];
  const contents = [...findAll(root, NS.ggk, 'xmlBestand'), ...findAll(root, NS.ggk, 'tekstBestand')];
  return contents
    .filter((element) => !isBase64(element.text))
    .map((element) => ({
      line: element.line ?? 1,
      path: pathOf(element),
      code: 'base64',
      message:
        'de inhoud is geen geldige base64; verwacht A-Z, a-z, 0-9, + en /, met = aangevuld tot een veelvoud van vier tekens',
    }));
}

/** The white space of XML is allowed between characters, no other. In pieces, so that 25 MB do not go through one regular expression. */
function isBase64(text: string): boolean {
  const packed = text.replace(/[\t\n\r ]+/g, '');
  if (packed.length % 4 !== 0) return false;
  const PIECE = 64 * 1024;
  for (let at = 0; at < packed.length; at += PIECE) {
    const piece = packed.slice(at, at + PIECE);
    const last = at + PIECE >= packed.length;
    if (!FORM.test(piece) || (!last && piece.includes('='))) return false;
  }
  return true;
}
