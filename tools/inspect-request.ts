// What the gateway would answer to a recorded request, from its first byte on; a body alone is sent in a request without fault.
import type { Issue } from '../adapter/base/index.ts';
import { readConfig } from '../adapter/config/index.ts';
import {
  entityOf as entityOfRequest,
  type Inspection,
  type InspectOptions,
  inspectMessage,
} from '../adapter/gateway/index.ts';
import { settingsOf } from '../adapter/settings.ts';
import { BodyAborted, type EbmsDoor, SERVER_LIMITS } from '../adapter/transport/index.ts';
import { entityOf, type HttpFile, isBlank } from './http-file.ts';
import { asSent, type Sent } from './recording.ts';
import { replay } from './replay.ts';

export interface RequestOptions extends Omit<InspectOptions, 'limits' | 'signerTrust'> {
  readonly path: string;
  /** Instead of that of the file. */
  readonly contentType: string | undefined;
}

/** `status` is undefined when the connection would end without an answer. */
export type RequestInspection = Omit<Inspection, 'status'> & { readonly status: number | undefined };

/** Under the limits that a configuration has when it names none. */
export async function inspectRequest(file: HttpFile, options: RequestOptions): Promise<RequestInspection> {
  const { limits } = settingsOf(defaults());
  const { path, contentType } = options;
  let judged: Promise<Inspection> | undefined;
  const door: EbmsDoor = async (inbound) => {
    const sent =
      file.method === undefined ? { ...entityOf(file, contentType), body: inbound.body } : entityOfRequest(inbound);
    judged ??= inspectMessage(
      { ...sent, ...(contentType === undefined ? {} : { contentType }) },
      { ...options, limits, signerTrust: () => undefined },
    );
    return { status: (await judged).status, headers: {} };
  };
  const sent = file.method === undefined ? { bytes: requestOf(file.body, path), mended: [] } : asSent(file);
  const seen = await replay(sent.bytes, { path, maxBodyBytes: limits.maxMessageBytes }, door);
  const inspection = await judged?.catch(unlessAborted);
  if (inspection === undefined || !seen.fromDoor)
    return remarked(refused(seen.status, inspection, { path, max: limits.maxMessageBytes }), sent);
  return remarked(isBlank(file.body) ? empty(file, inspection) : inspection, sent);
}

/** A recorder's traces are no faults of the message, but as it stands the endpoint would refuse the request. */
function remarked(inspection: RequestInspection, { mended }: Sent): RequestInspection {
  if (mended.length === 0) return inspection;
  const detail = `de opname is zo geen verzoek (${mended.join('; ')}): gelezen alsof dat in orde was, anders antwoordt het eindpunt 400`;
  const remark: Issue = { code: 'HTTP', severity: 'Warning', where: 'HTTP', detail, rule: 'R139' };
  return { ...inspection, issues: [remark, ...inspection.issues] };
}

function defaults() {
  const config = readConfig({});
  if (!config.ok) throw new Error('the defaults are refused');
  return config.value;
}

const requestOf = (body: Uint8Array, path: string): Uint8Array =>
  Buffer.concat([
    Buffer.from(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n`),
    body,
  ]);

function unlessAborted(error: unknown): undefined {
  if (!(error instanceof BodyAborted)) throw error;
  return undefined;
}

/** The fault that goes out is about XML. */
function empty({ method }: HttpFile, inspection: Inspection): Inspection {
  const what = method === undefined ? 'het bestand' : 'de inhoud van het verzoek';
  const expected = 'een SOAP-envelop of een MIME-pakket, met of zonder HTTP-kop ervoor';
  const detail = `${what} is leeg; verwacht een ebMS-bericht: ${expected}`;
  return {
    ...inspection,
    issues: [{ code: 'Empty', severity: 'Error', where: 'HTTP', detail, rule: 'R12' }, ...inspection.issues],
  };
}

/** The endpoint answered, not the gateway behind it; what was judged all the same is shown. */
function refused(status: number | undefined, judged: Inspection | undefined, expected: Expected): RequestInspection {
  const shown = judged ?? { kind: 'unreadable', parts: [], signature: { kind: 'absent' }, issues: [] };
  const code = status === undefined ? 'HTTP' : `HTTP ${status}`;
  const { detail, rule } = judged === undefined ? reasonOf(status, expected) : AFTERWARDS;
  return {
    ...shown,
    issues: [{ code, severity: 'Error', where: 'HTTP', detail, rule }, ...shown.issues],
    answer: { kind: 'none', code: status === undefined ? '' : String(status) },
    status,
  };
}

interface Expected {
  readonly path: string;
  readonly max: number;
}

interface Reason {
  readonly detail: string;
  readonly rule: string;
}

const AFTERWARDS: Reason = {
  detail:
    'na de inhoud volgen bytes die geen nieuw verzoek zijn; verwacht een Content-Length die bij de inhoud past. Wat hieronder staat gaat over de inhoud tot daar',
  rule: 'row 98',
};

function reasonOf(status: number | undefined, { path, max }: Expected): Reason {
  switch (status) {
    case undefined:
      return { detail: 'de verbinding eindigt zonder antwoord; verwacht POST', rule: 'R139' };
    case 404:
      return { detail: `pad anders dan ${path}`, rule: 'R139' };
    case 405:
      return { detail: 'verwacht wordt POST', rule: 'R139' };
    case 408:
      return {
        detail:
          'het verzoek eindigt niet: er zijn minder bytes dan Content-Length zegt, of het laatste chunk of de lege regel na de kop ontbreekt',
        rule: 'row 97',
      };
    case 413:
      return { detail: `de inhoud is te groot; hoogstens ${max} bytes (endpoint.maxMessageBytes)`, rule: 'row 111' };
    case 415:
      return { detail: 'gevonden een Content-Encoding; verwacht inhoud zonder', rule: 'row 112' };
    case 417:
      return { detail: 'gevonden een andere Expect; verwacht 100-continue of geen', rule: 'R139' };
    case 431:
      return {
        detail: `de kop is te groot; hoogstens ${SERVER_LIMITS.maxHeaders} regels en ${SERVER_LIMITS.maxHeaderBytes} bytes`,
        rule: 'row 110',
      };
    case 501:
      return { detail: 'gevonden een andere Transfer-Encoding; verwacht chunked of geen', rule: 'row 98' };
    case 505:
      return { detail: 'gevonden een andere HTTP-versie; verwacht HTTP/1.1', rule: 'R139' };
    default:
      return {
        detail:
          'geen leesbaar HTTP/1.1-verzoek; verwacht regels die op CRLF eindigen, één Host, en één lengte: Content-Length of Transfer-Encoding: chunked',
        rule: 'row 98',
      };
  }
}
