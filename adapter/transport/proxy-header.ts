// Reads the client certificate that a TLS-ending proxy puts into a request header, in the forms proxies use.
import { fail, ok, type Result } from '../base/index.ts';

/** `x-ssl-client-cert`: URL-encoded PEM, PEM on one line or base64 DER; `client-cert`: RFC 9440. */
export const CERTIFICATE_HEADERS = ['x-ssl-client-cert', 'client-cert'] as const;
/** All that only a proxy may say; taken off before the door sees the request (row 94). */
export const PROXY_HEADERS: readonly string[] = [...CERTIFICATE_HEADERS, 'client-cert-chain'];

export interface ForwardedCertificate {
  readonly der: Buffer;
  readonly chain: readonly Buffer[];
}

const MAX_VALUE = 64 * 1024;
const MAX_CHAIN = 8;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** Values of each header in order of arrival, as `IncomingMessage.headersDistinct` gives them. */
export type DistinctHeaders = Readonly<Record<string, readonly string[] | undefined>>;

/**
 * Undefined when no certificate header is there; an error when it is there but empty, twice, two certificates or unreadable
 * (row 95). More than one certificate in one value is refused: it would leave open which of them was proven.
 */
export function readForwardedCertificate(headers: DistinctHeaders): Result<ForwardedCertificate | undefined, string> {
  const given = CERTIFICATE_HEADERS.flatMap((name) => headers[name] ?? []);
  const [value] = given;
  if (value === undefined) return ok(undefined);
  if (given.length > 1) return fail('clientcertificaat meer dan eens in de kopregels');
  const der = decodeCertificate(value);
  if (der === undefined) return fail('clientcertificaat in de kopregel is niet leesbaar');
  const chain = decodeChain(headers['client-cert-chain'] ?? []);
  return chain === undefined ? fail('certificaatketen in de kopregel is niet leesbaar') : ok({ der, chain });
}

function decodeCertificate(value: string): Buffer | undefined {
  const text = value.trim();
  if (text === '' || text.length > MAX_VALUE) return undefined;
  if (text.startsWith(':')) return decodeByteSequence(text);
  const plain = text.includes('%') ? decodePercent(text) : text;
  return plain === undefined ? undefined : plain.includes('-----BEGIN') ? decodePem(plain) : decodeBase64(plain);
}

function decodePercent(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';

/** Exactly one block with nothing but white space around it. */
function decodePem(text: string): Buffer | undefined {
  const trimmed = text.trim();
  const end = trimmed.indexOf(END);
  if (!trimmed.startsWith(BEGIN) || end < 0 || end + END.length !== trimmed.length) return undefined;
  return decodeBase64(trimmed.slice(BEGIN.length, end));
}

/** RFC 8941 byte sequence: `:base64:`. */
function decodeByteSequence(text: string): Buffer | undefined {
  return text.length > 2 && text.endsWith(':') ? decodeBase64(text.slice(1, -1)) : undefined;
}

/** White space may stand where line ends were (folded lines, Apache's one-line form). */
function decodeBase64(text: string): Buffer | undefined {
  const compact = text.replace(/[ \t\r\n]/g, '');
  return BASE64.test(compact) ? Buffer.from(compact, 'base64') : undefined;
}

function decodeChain(values: readonly string[]): readonly Buffer[] | undefined {
  const items = values.flatMap((value) => (value.trim() === '' ? [] : value.split(',')));
  if (items.length > MAX_CHAIN) return undefined;
  const decoded = items.flatMap((item) => decodeByteSequence(item.trim()) ?? []);
  return decoded.length === items.length ? decoded : undefined;
}
