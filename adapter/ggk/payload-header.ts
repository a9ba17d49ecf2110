// The header of an iStandaarden payload: what kind of message it is and between whom; nothing about a client is read.

export interface PayloadHeader {
  readonly rootName: string;
  readonly namespace: string;
  readonly berichtCode?: string;
  readonly berichtVersie?: string;
  readonly berichtSubversie?: string;
  /** In a retourbericht these are the parties of the heenbericht, unswapped (istandaarden section 3). */
  readonly afzender?: string;
  readonly ontvanger?: string;
}

const HEAD_BYTES = 16 * 1024;
const ROOT = /<(?![?!])(?:([A-Za-z_][\w.-]*):)?([A-Za-z_][\w.-]*)([^<>]*)>/;

const FIELDS = {
  berichtCode: 'BerichtCode',
  berichtVersie: 'BerichtVersie',
  berichtSubversie: 'BerichtSubversie',
  afzender: 'Afzender',
  ontvanger: 'Ontvanger',
} as const;
const PATTERNS = Object.entries(FIELDS).map(
  ([field, name]) =>
    [field as keyof typeof FIELDS, new RegExp(`<(?:[\\w.-]+:)?${name}\\s*>\\s*([^<]{1,40}?)\\s*</`)] as const,
);

/** From the first 16 kB; undefined when there is no start tag. The XSD check says whether the rest is right. */
export function payloadHeader(bytes: Uint8Array): PayloadHeader | undefined {
  const head = new TextDecoder('utf-8').decode(bytes.subarray(0, HEAD_BYTES)).replace(/<!--[\s\S]*?-->/g, '');
  const root = ROOT.exec(head);
  if (root === null) return undefined;
  const [, prefix, rootName = '', attributes = ''] = root;
  const end = /<\/(?:[\w.-]+:)?Header\s*>/.exec(head)?.index ?? head.length;
  const header = head.slice(0, end);
  const read: Partial<Record<keyof typeof FIELDS, string>> = {};
  for (const [field, pattern] of PATTERNS) {
    const value = pattern.exec(header)?.[1];
    if (value !== undefined) read[field] = value;
  }
  return { rootName, namespace: namespaceOf(prefix, attributes), ...read };
}

function namespaceOf(prefix: string | undefined, attributes: string): string {
  const name = prefix === undefined ? 'xmlns' : `xmlns:${prefix}`;
  const at = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(attributes);
  return at?.[1] ?? at?.[2] ?? '';
}
