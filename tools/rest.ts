// The REST door as the command line uses it.
import { NoVerdict, WrongUse } from './output.ts';

export interface RestOptions {
  readonly url?: string;
  readonly key?: string;
}

export interface RestAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly bytes: Buffer;
  /** The gateway gave the answer of an earlier request with the same idempotency key. */
  readonly replayed: boolean;
}

export interface RestRequest {
  readonly method?: string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

/** Calls a gateway's REST door; the address and key come from the options or from DK_URL and DK_KEY. */
export async function callRest(options: RestOptions, path: string, request: RestRequest = {}): Promise<RestAnswer> {
  const url = options.url ?? process.env.DK_URL ?? 'http://127.0.0.1:8080';
  const key = options.key ?? process.env.DK_KEY;
  if (key === undefined) throw new WrongUse('geen API-sleutel: geef --key op of zet DK_KEY');
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new WrongUse(`--url ${url}: verwacht een adres zoals http://127.0.0.1:8080`);
  const response = await fetch(new URL(path, url), {
    method: request.method ?? 'GET',
    headers: {
      authorization: `Bearer ${key}`,
      ...(request.contentType === undefined ? {} : { 'content-type': request.contentType }),
      ...request.headers,
    },
    ...(request.body === undefined ? {} : { body: request.body as RequestInit['body'] & {} }),
  }).catch((error: unknown) => {
    const cause = error instanceof Error ? causeOf(error) : '';
    // Ports of other protocols, such as 1 and 25, are closed to every HTTP client that follows the fetch standard.
    if (cause === 'bad port')
      throw new WrongUse(
        `--url ${url}: deze poort mag niet voor HTTP worden gebruikt; verwacht de poort van een gateway`,
      );
    throw new NoVerdict('unreachable', `${url} antwoordt niet: ${cause}`, { url });
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const json = /json/.test(response.headers.get('content-type') ?? '');
  const replayed = response.headers.get('idempotency-replayed') === 'true';
  return { status: response.status, bytes, replayed, body: json ? readJson(bytes, url) : undefined };
}

function readJson(bytes: Buffer, url: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw notAGateway(`${url} antwoordt met iets dat geen JSON is`, { url });
  }
}

const causeOf = (error: Error): string => (error.cause instanceof Error ? error.cause.message : error.message);

const notAGateway = (what: string, facts: Readonly<Record<string, unknown>>): NoVerdict =>
  new NoVerdict('refused', `${what}; is dit de REST-ingang van een gateway?`, facts);

/** The body of a 2xx answer; otherwise no verdict, with the problem's own words. */
export function expectGood(answer: RestAnswer): unknown {
  if (isGood(answer)) return answer.body;
  const problem = (answer.body ?? {}) as { title?: string; detail?: string };
  throw new NoVerdict(
    'refused',
    `HTTP ${answer.status}: ${problem.title ?? 'geen uitleg'}${problem.detail === undefined ? '' : ` — ${problem.detail}`}`,
    { status: answer.status, ...(answer.body === undefined ? {} : { problem: answer.body }) },
  );
}

export const isGood = ({ status }: RestAnswer): boolean => status >= 200 && status < 300;

/** 422 is the gateway's verdict on what was offered; every other refusal is about how it was asked. */
export function expectVerdict(answer: RestAnswer): RestAnswer {
  if (answer.status !== 422) expectGood(answer);
  return answer;
}

/** The JSON object of a 2xx answer; a server that is no gateway answers with something else. */
export function expectJson(answer: RestAnswer): unknown {
  const body = expectGood(answer);
  if (typeof body === 'object' && body !== null) return body;
  throw notAGateway(`HTTP ${answer.status} zonder JSON`, { status: answer.status });
}
