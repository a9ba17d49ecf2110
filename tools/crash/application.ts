// The applications at both ends: one submits over REST and reads what became of it, both collect and confirm their inbox.
import { createHash } from 'node:crypto';
import { wrapHeen, writeStuf } from '../../adapter/stuf/index.ts';
import { callApi } from '../harness/processes.ts';
import { sampleMessage } from '../schemas/sample.ts';
import type { GatewayName, Mode } from './points.ts';
import { CODES, type Scene, ZENDER } from './scene.ts';

const CALL_MS = 2_000;
const PAUSE_MS = 15;
/** What the REST door allows at least. */
const INBOX_LEASE_S = 5;
const VERSIONS = {
  applicatieVersie: '0001',
  applicatieSubversie: '0000',
  functieVersie: '0003',
  functieSubversie: '0002',
};

export interface Letter {
  readonly referentienummer: string;
  /** False: the hub has to refuse it, and a Fo01 is the answer. */
  readonly valid: boolean;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

export interface Given {
  readonly id: string;
  readonly messageId: string;
}

/** One message offered to an application; the same one may be offered again until it is confirmed. */
export interface Offer {
  readonly id: string;
  readonly referentienummer: string;
  readonly crossRefnummer?: string;
  readonly sha256: string;
  confirmed: boolean;
  /** Offered again after a confirmation that was answered. */
  again: number;
}

export interface LetterOptions {
  readonly referentienummer: string;
  readonly mode: Mode;
  readonly valid: boolean;
  /** Bytes of comment in the payload. */
  readonly padding: number;
}

export function writeLetter({ referentienummer, mode, valid, padding }: LetterOptions): Letter {
  const good = sampleMessage('WMO301', { gemeente: ZENDER, aanbieder: CODES[mode] });
  const judged = valid ? good : good.replace(/<(\w+:)Geslacht>[^<]*</, '<$1Geslacht>7<');
  const comment = padding === 0 ? '' : `<!-- ${'x'.repeat(padding)} -->`;
  const payload = Buffer.from(judged.replace(/(<\/[^>]+>\s*)$/, `${comment}$1`));
  const content = { functie: 'WMO301', payload, referentienummer, tijdstip: Date.now(), parameters: VERSIONS };
  const bytes = Buffer.from(writeStuf(wrapHeen(content, { organisatie: ZENDER, applicatie: 'Proef' }, CODES[mode])));
  return { referentienummer, valid, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

interface MessageView {
  readonly id: string;
  readonly messageId: string;
  readonly state: string;
  readonly business?: { readonly referentienummer: string; readonly crossRefnummer?: string };
  readonly parts: readonly { readonly sha256: string }[];
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));

export class Applications {
  readonly #scene: Scene;
  /** Everything that was ever offered, per gateway and record id. */
  readonly #offers = new Map<string, Offer>();
  /** Per gateway: what was offered about one referentienummer. */
  readonly #about = new Map<string, Offer[]>();
  #lately = new Set<Offer>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** Submits until it is answered, always under the same key; undefined when time is up or it is refused. */
  async submit(letter: Letter, until: number): Promise<Given | undefined> {
    while (performance.now() < until) {
      const response = await this.#call('gemeente', '/api/v1/messages', {
        method: 'POST',
        body: letter.bytes,
        headers: { 'content-type': 'application/xml', 'idempotency-key': letter.referentienummer },
      });
      if (response?.status === 202) return response.body as Given;
      if (response !== undefined && response.status < 500) return undefined;
      await pause();
    }
    return undefined;
  }

  /** Takes what the inbox offers and confirms it, each until the confirmation is answered. */
  async collect(name: GatewayName, until: number): Promise<void> {
    const response = await this.#call(name, `/api/v1/inbox?max=50&lease=${INBOX_LEASE_S}`);
    if (response?.status !== 200) return;
    const { messages } = response.body as { messages: readonly MessageView[] };
    await Promise.all(messages.map((message) => this.#confirm(name, message, until)));
  }

  async #confirm(name: GatewayName, message: MessageView, until: number): Promise<void> {
    const key = `${name}|${message.id}`;
    const known = this.#offers.get(key);
    const offer: Offer = known ?? {
      id: message.id,
      referentienummer: message.business?.referentienummer ?? '',
      ...(message.business?.crossRefnummer === undefined ? {} : { crossRefnummer: message.business.crossRefnummer }),
      sha256: message.parts[0]?.sha256 ?? '',
      confirmed: false,
      again: 0,
    };
    if (known === undefined) this.#remember(name, offer);
    this.#lately.add(offer);
    if (offer.confirmed) offer.again += 1;
    while (performance.now() < until) {
      const response = await this.#call(name, `/api/v1/inbox/${message.id}/confirm`, { method: 'POST' });
      if (response?.status === 200) {
        offer.confirmed = true;
        return;
      }
      if (response?.status === 404) return;
      await pause();
    }
  }

  #remember(name: GatewayName, offer: Offer): void {
    this.#offers.set(`${name}|${offer.id}`, offer);
    for (const reference of new Set([offer.referentienummer, offer.crossRefnummer ?? offer.referentienummer])) {
      const about = this.#about.get(`${name}|${reference}`) ?? [];
      this.#about.set(`${name}|${reference}`, [...about, offer]);
    }
  }

  /** What an application of this gateway was offered about one referentienummer: the message itself, or the Fo01 to it. */
  offersOf(name: GatewayName, referentienummer: string): readonly Offer[] {
    return this.#about.get(`${name}|${referentienummer}`) ?? [];
  }

  /** What was offered since the round began and belongs to none of these: something of an earlier round came again. */
  strays(referentienummers: ReadonlySet<string>): number {
    const mine = (offer: Offer): boolean =>
      referentienummers.has(offer.referentienummer) || referentienummers.has(offer.crossRefnummer ?? '');
    return [...this.#lately].filter((offer) => !mine(offer)).length;
  }

  beginRound(): void {
    this.#lately = new Set();
  }

  /** The state that the sender sees; undefined when its gateway does not know the message. */
  async stateOf(given: Given): Promise<string | undefined> {
    const response = await this.#call('gemeente', `/api/v1/messages/${given.id}`);
    return response?.status === 200 ? (response.body as MessageView).state : undefined;
  }

  async importCpa(name: GatewayName, xml: string): Promise<number | undefined> {
    const response = await this.#call(name, '/api/v1/cpas?replace=true', { method: 'POST', body: xml });
    return response?.status;
  }

  async cpaDigest(name: GatewayName, cpaId: string): Promise<string | undefined> {
    const response = await this.#call(name, '/api/v1/cpas');
    const { cpas } = (response?.body ?? { cpas: [] }) as { cpas: readonly { cpaId: string; sha256: string }[] };
    return cpas.find((cpa) => cpa.cpaId === cpaId)?.sha256;
  }

  /** Undefined: no answer came. */
  async #call(name: GatewayName, path: string, init: Parameters<typeof callApi>[3] = {}) {
    try {
      const response = await callApi(this.#scene.layout, name, path, { ...init, signal: AbortSignal.timeout(CALL_MS) });
      return { status: response.status, body: (await response.json()) as unknown };
    } catch {
      return undefined;
    }
  }
}
