// Who is asking: the TLS peer, the peer that a listed proxy vouches for, or nobody on a development listener.
import type { IncomingMessage } from 'node:http';
import { fail, type Instant, type Issue, ok, type Result } from '../base/index.ts';
import { type AddressList, PROXIES_EXPECTED, parseAddressList } from './address-list.ts';
import { addressOf } from './connections.ts';
import { TransportConfigError } from './material.ts';
import { PROXY_HEADERS, readForwardedCertificate } from './proxy-header.ts';
import { ForwardedPeers } from './proxy-peer.ts';
import type { ProxyListener, ServerOptions, TransportEvent } from './server-options.ts';
import { TlsPeers } from './tls-peers.ts';
import { createTrustStore, type TrustMaterial, type TrustStore } from './trust-store.ts';
import type { Peer } from './types.ts';

/** `peer` is undefined on the plain listener only. */
export type Identity = Result<{ readonly peer: Peer | undefined }, string>;

export interface Identifier {
  /** Takes every proxy header off the request, whoever sent it (row 94). */
  identify(request: IncomingMessage, now: Instant): Identity;
  reload(next: NewTrust): Result<void, readonly Issue[]>;
  isProxy(address: string): boolean;
}

export interface NewTrust {
  /** For certificates of TLS connections. */
  readonly tls: TrustStore | undefined;
  /** For certificates in a proxy's header. */
  readonly forwarded: TrustMaterial | undefined;
}

type Emit = (event: TransportEvent) => void;

interface IdentifierOptions {
  readonly listener: ServerOptions['listener'];
  readonly emit: Emit;
  /** Undefined without TLS. */
  readonly trust: TrustStore | undefined;
  readonly reproveMs: number;
}

/** Throws TransportConfigError when the proxy list or its trust material is unusable. */
export function createIdentifier(options: IdentifierOptions): Identifier {
  const { listener, emit, trust, reproveMs } = options;
  const peers = trust === undefined ? undefined : new TlsPeers(trust, reproveMs);
  if (listener.kind === 'proxy') return proxyIdentifier(listener, emit, peers);
  return {
    identify(request, now) {
      reportSpoof(request, emit);
      return peers === undefined ? ok({ peer: undefined }) : toIdentity(peers.judge(request.socket, now));
    },
    reload({ tls }) {
      if (tls !== undefined) peers?.renew(tls);
      return ok(undefined);
    },
    isProxy: () => false,
  };
}

function toIdentity(peer: Result<Peer, string>): Identity {
  return peer.ok ? ok({ peer: peer.value }) : peer;
}

function reportSpoof(request: IncomingMessage, emit: Emit): void {
  const { headers } = request;
  for (const header of PROXY_HEADERS) {
    if (headers[header] === undefined) continue;
    delete headers[header];
    emit({ kind: 'proxy.spoofed', remoteAddress: addressOf(request.socket), header });
  }
}

function proxyIdentifier(listener: ProxyListener, emit: Emit, hop: TlsPeers | undefined): Identifier {
  const proxies = readProxies(listener.proxies);
  const trust = createTrustStore(listener.trust);
  if (!trust.ok) throw new TransportConfigError(trust.error);
  let peers = new ForwardedPeers(trust.value);
  return {
    identify(request, now) {
      if (!proxies.has(addressOf(request.socket))) {
        reportSpoof(request, emit);
        return fail('aanvraag komt niet van een vermelde proxy');
      }
      const proxy = hop?.judge(request.socket, now);
      return proxy?.ok === false ? proxy : forwardedIdentity(request, peers, now);
    },
    reload({ tls, forwarded }) {
      const next = forwarded === undefined ? undefined : createTrustStore(forwarded);
      if (next?.ok === false) return next;
      if (next !== undefined) peers = new ForwardedPeers(next.value);
      if (tls !== undefined) hop?.renew(tls);
      return ok(undefined);
    },
    isProxy: (address) => proxies.has(address),
  };
}

function forwardedIdentity(request: IncomingMessage, peers: ForwardedPeers, now: Instant): Identity {
  const forwarded = readForwardedCertificate(request.headersDistinct);
  for (const header of PROXY_HEADERS) delete request.headers[header];
  if (!forwarded.ok) return forwarded;
  if (forwarded.value === undefined) return fail('proxy gaf geen clientcertificaat door');
  return toIdentity(peers.judge(forwarded.value, now));
}

function readProxies(entries: readonly string[]): AddressList {
  const list = entries.length === 0 ? undefined : parseAddressList(entries);
  if (list !== undefined) return list;
  throw new TransportConfigError([
    {
      code: 'CertificateConfig',
      severity: 'Error',
      where: 'proxies',
      detail: `verwacht ${PROXIES_EXPECTED}`,
      rule: 'row 94',
    },
  ]);
}
