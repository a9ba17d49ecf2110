// The applications at both ends: they submit over REST, read what became of it, and collect and confirm their inbox.
import { createHash } from 'node:crypto';
import type { Letter } from './letter.ts';
import type { GatewayName } from './points.ts';
import { callApi } from './processes.ts';
import type { Scene } from './scene.ts';

/** How patient an application is. */
export interface Patience {
  /** No answer to a call within this: it asks again. */
  readonly callMs: number;
  readonly pauseMs: number;
  readonly leaseSeconds: number;
}

/** The lease is what the REST door allows at least. */
const QUICK: Patience = { callMs: 2_000, pauseMs: 15, leaseSeconds: 5 };

/** Instead of the digest of a CPA that the gateway does not have. */
export const ABSENT = 'absent';

export interface Given {
  readonly id: string;
  readonly messageId: string;
}

export interface MessageView {
  readonly id: string;
  readonly messageId: string;
  readonly state: string;
  readonly business?: {
    readonly berichtcode: string;
    readonly referentienummer: string;
    readonly crossRefnummer?: string;
  };
  readonly parts: readonly { readonly sha256: string }[];
}

/** Writes down what the applications were offered. */
export interface Book {
  offered(name: GatewayName, message: MessageView): void;
  /** The confirmation was answered. */
  confirmed(name: GatewayName, id: string): void;
}

export class Applications {
  readonly #scene: Scene;
  readonly #book: Book;
  readonly #patience: Patience;

  constructor(scene: Scene, book: Book, patience: Patience = QUICK) {
    this.#scene = scene;
    this.#book = book;
    this.#patience = patience;
  }

  /** Submits until it is answered, always under the same key; undefined when time is up or it is refused. */
  async submit(name: GatewayName, letter: Letter, until: number): Promise<Given | undefined> {
    while (performance.now() < until) {
      const response = await this.#call(name, '/api/v1/messages', {
        method: 'POST',
        body: letter.bytes,
        headers: { 'content-type': 'application/xml', 'idempotency-key': letter.referentienummer },
      });
      if (response?.status === 202) return response.body as Given;
      if (response !== undefined && response.status < 500) return undefined;
      await this.#pause();
    }
    return undefined;
  }

  /** Takes what the inbox offers and confirms it, each until the confirmation is answered. */
  async collect(name: GatewayName, until: number): Promise<void> {
    const response = await this.#call(name, `/api/v1/inbox?max=50&lease=${this.#patience.leaseSeconds}`);
    if (response?.status !== 200) return;
    const { messages } = response.body as { messages: readonly MessageView[] };
    // On a busy machine one may come without its stuurgegevens: not confirmed, it comes again when the lease ends.
    const known = messages.filter(({ business }) => business !== undefined);
    await Promise.all(known.map((message) => this.#confirm(name, message, until)));
  }

  async #confirm(name: GatewayName, message: MessageView, until: number): Promise<void> {
    this.#book.offered(name, message);
    while (performance.now() < until) {
      const response = await this.#call(name, `/api/v1/inbox/${message.id}/confirm`, { method: 'POST' });
      if (response?.status === 200) return this.#book.confirmed(name, message.id);
      if (response?.status === 404) return;
      await this.#pause();
    }
  }

  /** The state that the sender sees; undefined when its gateway does not know the message or does not answer. */
  async stateOf(name: GatewayName, given: Given): Promise<string | undefined> {
    const response = await this.#call(name, `/api/v1/messages/${given.id}`);
    return response?.status === 200 ? (response.body as MessageView).state : undefined;
  }

  /** How many messages of a gateway are in one of these states, up to a thousand; undefined when it does not answer. */
  async countStates(name: GatewayName, states: readonly string[]): Promise<number | undefined> {
    const response = await this.#call(name, `/api/v1/messages?limit=1000&state=${states.join(',')}`);
    return response?.status === 200 ? (response.body as { messages: readonly unknown[] }).messages.length : undefined;
  }

  async importCpa(name: GatewayName, xml: string): Promise<number | undefined> {
    const response = await this.#call(name, '/api/v1/cpas?replace=true', { method: 'POST', body: xml });
    return response?.status;
  }

  /** Of the text that the gateway gives; ABSENT when it says that it has none, undefined when it does not answer. */
  async cpaDigest(name: GatewayName, cpaId: string): Promise<string | undefined> {
    const response = await this.#fetch(name, `/api/v1/cpas/${cpaId}`);
    if (response?.status === 404) return ABSENT;
    return response?.status === 200 ? createHash('sha256').update(response.text).digest('hex') : undefined;
  }

  /** Undefined: no answer came. */
  async #call(name: GatewayName, path: string, init: Parameters<typeof callApi>[3] = {}) {
    const response = await this.#fetch(name, path, init);
    try {
      return response === undefined ? undefined : { ...response, body: JSON.parse(response.text) as unknown };
    } catch {
      return undefined;
    }
  }

  async #fetch(name: GatewayName, path: string, init: Parameters<typeof callApi>[3] = {}) {
    try {
      const signal = AbortSignal.timeout(this.#patience.callMs);
      const response = await callApi(this.#scene.layout, name, path, { ...init, signal });
      return { status: response.status, text: await response.text() };
    } catch {
      return undefined;
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, this.#patience.pauseMs));
  }
}
