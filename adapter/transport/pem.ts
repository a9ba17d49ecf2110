// Splits PEM texts into their blocks and accepts DER where people have that instead.

export type PemLabel = 'CERTIFICATE' | 'X509 CRL';

/**
 * The DER of every block with this label; bytes that hold no PEM at all count as one DER document. Linear in the input.
 * Blocks whose content is not base64 come back as whatever could be decoded: the readers refuse them.
 */
export function derBlocks(input: string | Uint8Array, label: PemLabel): readonly Buffer[] {
  const text = typeof input === 'string' ? input : Buffer.from(input).toString('latin1');
  if (!text.includes('-----BEGIN ')) return typeof input === 'string' ? [] : [Buffer.from(input)];
  const begin = `-----BEGIN ${label}-----`;
  const end = `-----END ${label}-----`;
  const blocks: Buffer[] = [];
  let at = text.indexOf(begin);
  while (at >= 0) {
    const from = at + begin.length;
    const to = text.indexOf(end, from);
    if (to < 0) break;
    blocks.push(Buffer.from(text.slice(from, to), 'base64'));
    at = text.indexOf(begin, to);
  }
  return blocks;
}

export function toPem(der: Uint8Array, label: PemLabel): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
