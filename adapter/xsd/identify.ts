// What a document is, by the name and namespace of its root element, without reading the rest.
import { ISTANDAARDEN, NS } from '../base/index.ts';
import type { Catalogue } from './catalogue.ts';
import type { SchemaEntry } from './types.ts';

export type DocumentKind = 'istandaarden' | 'stuf' | 'ebms' | 'cpa' | 'soap' | 'unknown';

export interface Identified {
  readonly kind: DocumentKind;
  readonly rootName: string;
  readonly rootNamespace: string;
  readonly schema: SchemaEntry | undefined;
}

const HEAD_BYTES = 64 * 1024;
const START_TAG =
  /<(?![?!/])([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)((?:\s+[^\s=<>]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*\/?>/;

/** Undefined when no start tag stands in the first 64 kB. */
export function identify(bytes: Uint8Array, catalogue: Catalogue): Identified | undefined {
  const head = decode(bytes.subarray(0, HEAD_BYTES));
  const match = START_TAG.exec(withoutMisc(head));
  if (match === null) return undefined;
  const [, prefix, rootName = '', attributes = ''] = match;
  const declaration =
    prefix === undefined
      ? /\sxmlns\s*=\s*(?:"([^"]*)"|'([^']*)')/
      : new RegExp(`\\sxmlns:${prefix.slice(0, -1)}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`);
  const found = declaration.exec(attributes);
  const rootNamespace = found?.[1] ?? found?.[2] ?? '';
  const kind = kindOf(rootName, rootNamespace, head);
  const schema = kind === 'soap' ? catalogue.byId('soap-1.1') : catalogue.byRoot(rootNamespace, rootName);
  return { kind, rootName, rootNamespace, schema };
}

/** The document from its first tag on: comments and processing instructions before it may hold tags that are none. */
function withoutMisc(head: string): string {
  let at = 0;
  for (;;) {
    at = head.indexOf('<', at);
    const close = head.startsWith('<!--', at) ? '-->' : head.startsWith('<?', at) ? '?>' : undefined;
    if (at < 0 || close === undefined) return at < 0 ? '' : head.slice(at);
    const end = head.indexOf(close, at + 2);
    if (end < 0) return '';
    at = end + close.length;
  }
}

function kindOf(name: string, namespace: string, head: string): DocumentKind {
  if (namespace === NS.soap) return head.includes(NS.eb) ? 'ebms' : 'soap';
  if (namespace === NS.cppa) return 'cpa';
  if (namespace === NS.ggk || namespace === NS.stuf) return 'stuf';
  return name === 'Bericht' || namespace.startsWith(ISTANDAARDEN) ? 'istandaarden' : 'unknown';
}

function decode(bytes: Uint8Array): string {
  const [a, b] = bytes;
  if (a === 0xff && b === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (a === 0xfe && b === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return new TextDecoder('utf-8').decode(bytes);
}
