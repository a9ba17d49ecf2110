// One end of the bench, in a process of its own: sends signed reliable messages as fast as it is told, or takes and
// acknowledges what the gateway forwards. Built on the codec, with none of the gateway's store or rules.
import { createHash, createPrivateKey, randomUUID, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import { type Agreement, parseCpa } from '../../adapter/agreement/index.ts';
import { ACTOR, MSH_SERVICE, SYNC_REPLY } from '../../adapter/base/index.ts';
import { digestReferencesOf, type SignedPart, type SigningKey, signEnvelope } from '../../adapter/dsig/index.ts';
import { type EbmsMessage, writeMessage } from '../../adapter/ebms/index.ts';
import { createMemoryBlobs, type Intake, takeIn } from '../../adapter/gateway/index.ts';
import { writeMultipart } from '../../adapter/mime/index.ts';
import { createPartnerClient, type PartnerClient } from '../../adapter/transport/index.ts';
import { type Layout, type Place, placeOf, SERVICE } from '../harness/layout.ts';
import { METHODS, writeLetter } from './letter.ts';
import { contentFor, PAYLOAD_BYTES, sampleOfSize } from './sample.ts';
import { type SampledCheck, type SignatureCount, sampledCheck } from './sampled.ts';
import { spaced } from './spaced.ts';

export interface EndOptions {
  readonly layout: Layout;
  readonly name: string;
  readonly peer: string;
  readonly cpaId: string;
  /** Code of this end as zender, and of the one it writes to. */
  readonly zender: string;
  readonly ontvanger: string;
  /** Acknowledgments in the HTTP response, as the CPA says. */
  readonly sync: boolean;
  /** Envelopes, StUF and acknowledgments are not canonical as they stand. */
  readonly spaced: boolean;
}

/** Messages by their referentienummer, which is the same at both ends; milliseconds, one each per message. */
export interface EndReport extends SignatureCount {
  readonly acknowledged: readonly string[];
  /** Never acknowledged. */
  readonly givenUp: readonly string[];
  /** Attempts that were not acknowledged; the message may have been at a later one. */
  readonly refused: number;
  /** Different business messages received. */
  readonly received: readonly string[];
  readonly copies: number;
  /** From the first attempt. */
  readonly ackMs: readonly number[];
  readonly arrivalMs: readonly number[];
}

/** What came of one attempt; after `later` the same message may be sent again. */
type Answer = 'acknowledged' | 'refused' | 'later';

const XML = 'text/xml; charset=UTF-8';
const HEADERS = { soapaction: '"ebXML"' };
const LIMITS = { maxMessageBytes: 64 * 1024 * 1024, maxEnvelopeBytes: 4 * 1024 * 1024, maxParts: 10 };
const OIN_TYPE = 'urn:osb:oin';
const ACK_WAIT_MS = 60_000;
/** Between two attempts of the same message. */
const AGAIN_MS = 100;

/** Wall clock with the resolution of the monotonic one, comparable between processes of one machine. */
const wallMs = (): number => performance.timeOrigin + performance.now();

export class End {
  readonly #options: EndOptions;
  readonly #place: Place;
  readonly #key: SigningKey;
  readonly #client: PartnerClient;
  readonly #server: Server;
  readonly #payload: Buffer;
  readonly #waiting = new Map<string, (answer: Answer) => void>();
  readonly #seen = new Set<string>();
  readonly #agreement: Agreement;
  /** Of what the hub signs. */
  readonly #check: SampledCheck;
  readonly #sealed: Sealed[] = [];
  #report = emptyReport();

  constructor(options: EndOptions) {
    this.#options = options;
    this.#place = placeOf(options.layout.places, options.name);
    const file = (name: string): string => readFileSync(join(this.#place.certs, name), 'utf8');
    const ca = readFileSync(options.layout.chainFile, 'utf8');
    const tls = { key: file('tls.key'), cert: file('tls.crt'), ca: [ca], crl: [], revocation: 'none' as const };
    this.#key = {
      privateKey: createPrivateKey(file('signing.key')),
      certificateDer: new X509Certificate(file('signing.crt')).raw,
    };
    const { certs } = placeOf(options.layout.places, options.peer);
    this.#check = sampledCheck(new X509Certificate(readFileSync(join(certs, 'signing.crt'))).raw);
    this.#client = createPartnerClient({ tls, limits: { connectionsPerPartner: 16 } });
    this.#server = createServer({ ...tls, requestCert: true, rejectUnauthorized: true }, (request, response) => {
      this.#take(request)
        .then((body) =>
          body === undefined
            ? response.writeHead(204).end()
            : response.writeHead(200, { ...HEADERS, 'content-type': XML }).end(body),
        )
        .catch(() => response.destroy());
    });
    this.#payload = sampleOfSize(contentFor(PAYLOAD_BYTES));
    const parsed = parseCpa(readFileSync(cpaFile(options)));
    if (!parsed.ok) throw new Error('the bench made a CPA that it cannot read');
    this.#agreement = parsed.value.agreement;
  }

  listen(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.listen(this.#place.port, '127.0.0.1', () => resolve());
    });
  }

  /** Sends until `until` (wall clock): `width` at a time, at most `perSecond` when given. */
  async send(until: number, width: number, perSecond?: number): Promise<void> {
    const startedAt = wallMs();
    let count = 0;
    const next = async (): Promise<void> => {
      while (wallMs() < until) {
        const due = perSecond === undefined ? 0 : startedAt + (count * 1000) / perSecond;
        count += 1;
        if (due > until) return;
        if (due > wallMs()) await new Promise((resolve) => setTimeout(resolve, due - wallMs()));
        await this.sendOne();
      }
    };
    await Promise.all(Array.from({ length: width }, next));
  }

  /** One message, until it is acknowledged or given up. */
  async sendOne(payload: Buffer = this.#payload): Promise<void> {
    await this.#send(await this.#seal(payload));
  }

  /** Makes messages ready that `sendSealed` sends: a large one costs this process long, and a hub nothing. */
  async sealAhead(payload: Buffer, times: number): Promise<void> {
    for (let time = 0; time < times; time += 1) this.#sealed.push(await this.#seal(payload));
  }

  /** So many of what was sealed ahead, at once. */
  async sendSealed(times: number): Promise<void> {
    await Promise.all(this.#sealed.splice(0, times).map((sealed) => this.#send(sealed)));
  }

  /** What the hub cannot take now is sent again, as an MSH does. */
  async #send(sealed: Sealed): Promise<void> {
    const postedAt = wallMs();
    let answer = await this.#attempt(sealed);
    while (answer === 'later' && wallMs() < postedAt + ACK_WAIT_MS) {
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      answer = await this.#attempt(sealed);
    }
    if (answer === 'acknowledged') {
      this.#report.acknowledged.push(sealed.referentienummer);
      this.#report.ackMs.push(wallMs() - postedAt);
    } else {
      this.#report.givenUp.push(sealed.referentienummer);
    }
  }

  async #attempt({ messageId, contentType, bytes }: Sealed): Promise<Answer> {
    const answered = this.#waitFor(messageId);
    const peer = placeOf(this.#options.layout.places, this.#options.peer);
    const outcome = await this.#client.post(
      { url: `https://localhost:${peer.port}/ebms`, peerOin: peer.oin },
      { headers: { ...HEADERS, 'content-type': contentType }, bytes: bytes.length, body: bytes },
    );
    if (outcome.kind === 'response' && outcome.status === 200) this.#readSignal(Buffer.from(outcome.body));
    else if (outcome.kind !== 'response' || outcome.status >= 500) this.#settle(messageId, 'later');
    else if (outcome.status >= 300) this.#settle(messageId, 'refused');
    const answer = await answered;
    if (answer !== 'acknowledged') this.#report.refused += 1;
    return answer;
  }

  /** What happened since the last call. */
  async takeReport(): Promise<EndReport> {
    const report = this.#report;
    this.#report = emptyReport();
    return { ...report, ...(await this.#check.take()) };
  }

  async close(): Promise<void> {
    await this.#client.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #seal(payload: Buffer): Promise<Sealed> {
    const messageId = `${randomUUID()}@${this.#options.name}.proef.test`;
    const startedAt = wallMs();
    const referentienummer = timedUuid(startedAt, messageId);
    const { zender, ontvanger } = this.#options;
    const stuf = this.#written(writeLetter({ payload, referentienummer, zender, ontvanger }));
    const contentId = `${messageId.slice(0, 36)}-1@proef.test`;
    const part = {
      contentId,
      digest: async (algorithm: string) => createHash(algorithm).update(stuf).digest(),
    };
    const { envelope } = await signEnvelope({
      envelope: writeMessage(this.#businessMessage(messageId, contentId, startedAt)),
      parts: [part],
      key: this.#key,
      methods: METHODS,
    });
    const root = this.#written(Buffer.from(envelope, 'utf8'));
    const written = writeMultipart(
      [
        { contentId: `soap@${messageId}`, contentType: XML, bytes: root.length, body: root },
        { contentId, contentType: 'application/xml', bytes: stuf.length, body: stuf },
      ],
      `meting-${messageId.slice(0, 36)}`,
    );
    const chunks: Uint8Array[] = [];
    for await (const chunk of written.chunks()) chunks.push(chunk);
    return { messageId, referentienummer, contentType: written.contentType, bytes: Buffer.concat(chunks) };
  }

  #businessMessage(messageId: string, contentId: string, now: number): EbmsMessage {
    const peer = placeOf(this.#options.layout.places, this.#options.peer);
    const instant = Math.floor(now);
    return {
      header: {
        version: '2.0',
        from: { partyIds: [{ value: this.#place.oin, type: OIN_TYPE }], role: this.#options.name },
        to: { partyIds: [{ value: peer.oin, type: OIN_TYPE }], role: this.#options.peer },
        cpaId: this.#agreement.cpaId,
        conversationId: messageId,
        service: SERVICE,
        action: 'ggk_Di01',
        messageId,
        timestamp: { instant, zoned: true },
        timeToLive: { instant: instant + 3_600_000, zoned: true },
        duplicateElimination: true,
      },
      syncReply: this.#options.sync && SYNC_REPLY,
      ackRequested: [{ version: '2.0', signed: true, actor: ACTOR.toPartyMsh }],
      manifest: { version: '2.0', references: [{ href: `cid:${contentId}` }] },
      signatures: 0,
    };
  }

  async #take(request: IncomingMessage) {
    const arrivedAt = wallMs();
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    if (!(request.headers['content-type'] ?? '').startsWith('multipart/')) {
      this.#readSignal(body);
      return undefined;
    }
    const intake = await takeIn(
      { contentType: request.headers['content-type'], soapAction: '"ebXML"', body: once(body) },
      createMemoryBlobs(),
      LIMITS,
    );
    if (!intake.ok) throw new Error(intake.error.fault.detail);
    this.#count(Buffer.from(intake.value.parts[0]?.blob.inline ?? []), arrivedAt);
    const ack = await this.#acknowledge(intake.value);
    this.#check.look(intake.value.xml, intake.value.parts.map(signedPart));
    if (this.#options.sync) return ack;
    const peer = placeOf(this.#options.layout.places, this.#options.peer);
    void this.#client.post(
      { url: `https://localhost:${peer.port}/ebms`, peerOin: peer.oin },
      { headers: { ...HEADERS, 'content-type': XML }, bytes: ack.length, body: ack },
    );
    return undefined;
  }

  #count(stuf: Buffer, arrivedAt: number): void {
    const [, reference = ''] = /referentienummer>([^<]*)</.exec(stuf.toString('latin1')) ?? [];
    if (this.#seen.has(reference)) {
      this.#report.copies += 1;
      return;
    }
    this.#seen.add(reference);
    this.#report.received.push(reference);
    this.#report.arrivalMs.push(arrivedAt - timeOf(reference));
  }

  async #acknowledge(intake: Intake): Promise<Buffer> {
    const { header } = intake.message;
    const timestamp = { instant: Date.now(), zoned: true };
    const message: EbmsMessage = {
      header: {
        version: '2.0',
        from: { partyIds: header.to.partyIds },
        to: { partyIds: header.from.partyIds },
        cpaId: header.cpaId,
        conversationId: header.conversationId,
        service: { value: MSH_SERVICE },
        action: 'Acknowledgment',
        messageId: `${randomUUID()}@${this.#options.name}.proef.test`,
        timestamp,
        refToMessageId: header.messageId,
        duplicateElimination: false,
      },
      syncReply: false,
      ackRequested: [],
      acknowledgment: {
        version: '2.0',
        actor: ACTOR.toPartyMsh,
        timestamp,
        refToMessageId: header.messageId,
        from: header.to.partyIds,
        references: digestReferencesOf(intake.xml),
      },
      signatures: 0,
    };
    const signed = await signEnvelope({
      envelope: writeMessage(message),
      parts: [],
      key: this.#key,
      methods: METHODS,
    });
    return this.#written(Buffer.from(signed.envelope, 'utf8'));
  }

  #written(xml: Buffer): Buffer {
    return this.#options.spaced ? Buffer.from(spaced(xml.toString('utf8'))) : xml;
  }

  #waitFor(messageId: string): Promise<Answer> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle(messageId, 'later'), ACK_WAIT_MS);
      this.#waiting.set(messageId, (answer) => {
        clearTimeout(timer);
        this.#waiting.delete(messageId);
        resolve(answer);
      });
    });
  }

  #readSignal(body: Buffer): void {
    const text = body.toString('utf8');
    const about = /RefToMessageId>([^<]+)</.exec(text)?.[1] ?? '';
    const good = text.includes('>Acknowledgment<') && text.includes(':SignatureValue>');
    this.#settle(about, good ? 'acknowledged' : 'refused');
    if (good) this.#check.look(body, []);
  }

  #settle(messageId: string, answer: Answer): void {
    this.#waiting.get(messageId)?.(answer);
  }
}

/** A UUID version 4 whose first twelve digits are the time it was made, in hundredths of a millisecond. */
function timedUuid(ms: number, uuid: string): string {
  const time = Math.round(ms * 100)
    .toString(16)
    .padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}${uuid.slice(13)}`.slice(0, 36);
}
const timeOf = (uuid: string): number => Number.parseInt(uuid.replace('-', '').slice(0, 12), 16) / 100;

/** Digested by the bench itself, not by what read it. */
const signedPart = ({ contentId, blob }: Intake['parts'][number]): SignedPart => ({
  contentId,
  digest: async (algorithm) =>
    createHash(algorithm)
      .update(blob.inline ?? '')
      .digest(),
});

interface Sealed {
  readonly messageId: string;
  readonly referentienummer: string;
  readonly contentType: string;
  readonly bytes: Buffer;
}

interface Growing {
  acknowledged: string[];
  givenUp: string[];
  refused: number;
  received: string[];
  copies: number;
  ackMs: number[];
  arrivalMs: number[];
}
const emptyReport = (): Growing => ({
  acknowledged: [],
  givenUp: [],
  refused: 0,
  received: [],
  copies: 0,
  ackMs: [],
  arrivalMs: [],
});

function cpaFile({ layout, cpaId }: EndOptions): string {
  const file = layout.cpas.find((cpa) => cpa.cpaId === cpaId)?.file;
  if (file === undefined) throw new Error(`no CPA ${cpaId} in this layout`);
  return file;
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
