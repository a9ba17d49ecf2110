// The simulated partner's own HTTPS: plain node:https, so that a mistake in the gateway's transport cannot cancel out.
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';

export interface TlsIdentity {
  readonly key: string;
  readonly cert: string;
  readonly ca: string;
}

export interface WireAnswer {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: Buffer;
}

const TIMEOUT_MS = 10_000;

/** POSTs once over a fresh connection; rejects when there is no HTTP answer. */
export function post(
  url: string,
  headers: Record<string, string>,
  body: Uint8Array,
  tls: TlsIdentity,
): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    const target = new URL(url);
    const options = {
      method: 'POST',
      headers: { ...headers, 'content-length': String(body.length) },
      timeout: TIMEOUT_MS,
    };
    const answered = (response: IncomingMessage): void => {
      readAll(response).then((bytes) => {
        resolve({ status: response.statusCode ?? 0, contentType: response.headers['content-type'], body: bytes });
      }, reject);
    };
    const outgoing =
      target.protocol === 'https:'
        ? httpsRequest(target, { ...options, agent: new Agent({ keepAlive: false, ...tls }) }, answered)
        : httpRequest(target, options, answered);
    outgoing.on('error', reject);
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
    outgoing.end(body);
  });
}

export async function readAll(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
