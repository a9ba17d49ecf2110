// A simulated partner: receives, answers and sends ebMS messages by its CPAs, and misbehaves on command.
import { randomUUID } from 'node:crypto';
import { createServer as createPlainServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Agreement, type AgreementIndex, indexAgreements } from '../../adapter/agreement/index.ts';
import type { SigningKey } from '../../adapter/dsig/index.ts';
import { type Behaviour, createMischief, type Mischief } from './behaviours.ts';
import type { PartnerLog, SeenMessage, SentMessage } from './log.ts';
import { receive } from './receive.ts';
import { type Dispatch, dispatch } from './send.ts';
import type { TlsIdentity } from './wire.ts';

export interface PartnerOptions {
  /** What it plays: its StUF application name and the domain of its MessageIds. */
  readonly name: string;
  readonly oin: string;
  readonly agreements: readonly Agreement[];
  readonly tls: TlsIdentity;
  /** Used by `otherCertificate`. */
  readonly otherTls?: TlsIdentity;
  readonly signingKey: SigningKey;
  /** Used by `signWrong`. */
  readonly wrongKey?: SigningKey;
  readonly host?: string;
  readonly port?: number;
  readonly behaviours?: readonly Behaviour[];
  /** Called for each first copy of a business message; what it returns is sent back. */
  readonly respond?: (message: SeenMessage, payload: Uint8Array) => readonly Dispatch[];
}

/** What the parts of a partner share. */
export interface PartnerContext {
  readonly options: PartnerOptions;
  readonly index: AgreementIndex;
  readonly mischief: Mischief;
  readonly log: { received: SeenMessage[]; sent: SentMessage[]; mischief: PartnerLog['mischief'][number][] };
  /** Acknowledgments given, by the MessageId they are about: a copy gets the same bytes again. */
  readonly answers: Map<string, Uint8Array>;
  /** First payload part of each business message received, by MessageId. */
  readonly payloads: Map<string, Uint8Array>;
  /** The last messages received, whole, by MessageId. */
  readonly recordings: Map<string, Uint8Array>;
  later(work: () => Promise<unknown>, ms?: number): void;
}

export interface Partner {
  readonly name: string;
  listen(): Promise<{ port: number }>;
  send(message: Dispatch): Promise<SentMessage>;
  misbehave(behaviour: Behaviour): void;
  behave(): void;
  log(): PartnerLog;
  payload(messageId: string): Uint8Array | undefined;
  /** HTTP headers and body of a message among the last twenty. */
  recording(messageId: string): Uint8Array | undefined;
  close(): Promise<void>;
}

export function createPartner(options: PartnerOptions): Partner {
  const timers = new Set<NodeJS.Timeout>();
  const context: PartnerContext = {
    options,
    index: indexAgreements(options.agreements),
    mischief: createMischief(options.behaviours),
    log: { received: [], sent: [], mischief: [] },
    answers: new Map(),
    payloads: new Map(),
    recordings: new Map(),
    later(work, ms = 0) {
      const timer = setTimeout(() => {
        timers.delete(timer);
        work().catch(() => undefined);
      }, ms);
      timers.add(timer);
    },
  };
  const server = serve(context);
  return {
    name: options.name,
    listen: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(options.port ?? 0, options.host ?? '127.0.0.1', () =>
          resolve({ port: (server.address() as AddressInfo).port }),
        );
      }),
    send: (message) => dispatch(message, context),
    misbehave: (behaviour) => context.mischief.add(behaviour),
    behave: () => context.mischief.clear(),
    log: () => context.log,
    payload: (messageId) => context.payloads.get(messageId),
    recording: (messageId) => context.recordings.get(messageId),
    async close() {
      for (const timer of timers) clearTimeout(timer);
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** HTTPS with mutual TLS; without key material plain http, for tests of a development gateway. */
function serve(context: PartnerContext): Server | ReturnType<typeof createPlainServer> {
  const { tls } = context.options;
  const handle: Parameters<typeof createPlainServer>[1] = (request, response) => {
    receive(request, response, context).catch(() => response.destroy());
  };
  return tls.key === ''
    ? createPlainServer(handle)
    : createServer({ ...tls, requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.2' }, handle);
}

export const freshMessageId = (context: PartnerContext): string =>
  `${randomUUID()}@${context.options.name}.partner.test`;
