// Counts what really arrived: from the partners' logs and the municipality's inbox, never from what was sent.
import type { PartnerLog, SeenMessage } from '../partner/index.ts';
import type { DemoLayout } from './setup.ts';

export interface InboxMessage {
  readonly id: string;
  readonly messageId: string;
  readonly business?: {
    readonly functie?: string;
    readonly referentienummer: string;
    readonly crossRefnummer?: string;
    readonly berichtcode: string;
  };
  readonly parts: readonly { readonly href: string }[];
}

export interface MessageState {
  readonly id: string;
  readonly messageId: string;
  readonly state: string;
  readonly direction: string;
  readonly copies: number;
  readonly problem?: string;
  readonly business?: InboxMessage['business'];
}

/** The REST doors and control ports of a laid-out demo. */
export class Observatory {
  readonly #layout: DemoLayout;

  constructor(layout: DemoLayout) {
    this.#layout = layout;
  }

  async submit(stuf: Uint8Array, key: string): Promise<{ id: string; messageId: string }> {
    const response = await this.#call('gemeente', '/api/v1/messages', {
      method: 'POST',
      body: stuf,
      headers: { 'content-type': 'application/xml', 'idempotency-key': key },
    });
    const body = (await response.json()) as { id: string; messageId: string; title?: string; detail?: string };
    if (response.status !== 202) throw new Error(`de gemeente neemt het bericht niet aan: ${JSON.stringify(body)}`);
    return body;
  }

  async collect(): Promise<InboxMessage[]> {
    const response = await this.#call('gemeente', '/api/v1/inbox?max=100&lease=60');
    const { messages } = (await response.json()) as { messages: InboxMessage[] };
    for (const message of messages)
      await this.#call('gemeente', `/api/v1/inbox/${message.id}/confirm`, { method: 'POST' });
    return messages;
  }

  async part(href: string): Promise<Buffer> {
    return Buffer.from(await (await this.#call('gemeente', href)).arrayBuffer());
  }

  async messages(gateway: 'gemeente' | 'hub'): Promise<MessageState[]> {
    const response = await this.#call(gateway, '/api/v1/messages?limit=1000');
    return ((await response.json()) as { messages: MessageState[] }).messages;
  }

  async importCpa(gateway: 'gemeente' | 'hub', xml: Uint8Array): Promise<void> {
    const response = await this.#call(gateway, '/api/v1/cpas', { method: 'POST', body: xml });
    if (response.status !== 201) throw new Error(`CPA niet geïmporteerd bij ${gateway}: ${await response.text()}`);
  }

  async log(partner: 'vecozo' | 'cak'): Promise<PartnerLog> {
    return (await (await fetch(`http://127.0.0.1:${this.#layout.control[partner]}/log`)).json()) as PartnerLog;
  }

  async recording(partner: 'vecozo' | 'cak', messageId: string): Promise<Buffer> {
    const url = `http://127.0.0.1:${this.#layout.control[partner]}/recording?messageId=${encodeURIComponent(messageId)}`;
    return Buffer.from(await (await fetch(url)).arrayBuffer());
  }

  async misbehave(partner: 'vecozo' | 'cak', what: string): Promise<void> {
    await fetch(`http://127.0.0.1:${this.#layout.control[partner]}/misbehave?what=${what}`, { method: 'POST' });
  }

  async send(partner: 'vecozo' | 'cak', message: object): Promise<PartnerLog['sent'][number]> {
    const url = `http://127.0.0.1:${this.#layout.control[partner]}/send`;
    return (await (
      await fetch(url, { method: 'POST', body: JSON.stringify(message) })
    ).json()) as PartnerLog['sent'][number];
  }

  #call(gateway: 'gemeente' | 'hub', path: string, init: RequestInit & { body?: Uint8Array } = {}): Promise<Response> {
    const headers = {
      authorization: `Bearer ${this.#layout.key}`,
      ...(init.headers as Record<string, string> | undefined),
    };
    return fetch(`http://127.0.0.1:${this.#layout.api[gateway]}${path}`, { ...init, headers });
  }
}

/** First copies of business messages with this StUF reference, as the partner saw them. */
export function arrived(log: PartnerLog, referentienummer: string): SeenMessage[] {
  return log.received.filter((seen) => seen.kind === 'business' && seen.stuf?.referentienummer === referentienummer);
}

/** Asks until `done` says so; undefined when it never does within `ms`. */
export async function until<T>(ms: number, ask: () => Promise<T | undefined>): Promise<T | undefined> {
  const end = Date.now() + ms;
  while (Date.now() < end) {
    const found = await ask();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  return undefined;
}
