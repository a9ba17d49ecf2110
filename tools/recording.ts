// What recorders leave out or rewrite of a request: it concerned the connection, and says nothing of what was sent.
import type { HttpFile } from './http-file.ts';

export interface Sent {
  readonly bytes: Uint8Array;
  /** How the recording is no request as it stands; then it is read as one that has this right. */
  readonly mended: readonly string[];
}

/** A request with line ends, a Host and a length, also where the recorder kept none of them. */
export function asSent({ bytes, head, headers, rest }: HttpFile): Sent {
  const hasLength = headers.has('content-length') || headers.has('transfer-encoding');
  const mended = [
    ...(/(^|[^\r])\n/.test(head) ? ['de regels van de kop eindigen op LF in plaats van CRLF'] : []),
    ...(headers.has('host') ? [] : ['Host ontbreekt']),
    ...(hasLength ? [] : ['Content-Length ontbreekt']),
  ];
  if (mended.length === 0) return { bytes, mended };
  const [requestLine = ''] = head.split(/\r?\n/, 1);
  const lines = [
    requestLine,
    ...(headers.has('host') ? [] : ['host: localhost']),
    ...[...headers].map(([name, value]) => `${name}: ${value}`),
    ...(hasLength ? [] : [`content-length: ${rest.length}`]),
  ];
  return { bytes: Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), rest]), mended };
}
