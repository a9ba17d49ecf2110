// The peers of TLS connections: worked out once per connection, judged again when the trust changes or time passes.
import type { Socket } from 'node:net';
import { type DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { fail, type Instant, ok, type Result } from '../base/index.ts';
import { readPeer } from './peer.ts';
import { verifyPeerCertificate } from './trust.ts';
import type { TrustStore } from './trust-store.ts';
import type { Peer } from './types.ts';

interface Proof {
  readonly peer: Peer;
  readonly trust: TrustStore;
  /** Monotonic milliseconds. */
  readonly provenAt: number;
}

const MAX_CHAIN = 8;

export class TlsPeers {
  #trust: TrustStore;
  readonly #reproveMs: number;
  readonly #proofs = new WeakMap<Socket, Proof>();

  constructor(trust: TrustStore, reproveMs: number) {
    this.#trust = trust;
    this.#reproveMs = reproveMs;
  }

  /** From now on connections are judged by this trust store; those already open at their next request. */
  renew(trust: TrustStore): void {
    this.#trust = trust;
  }

  /** The peer of a connection, or why it may not go on: OpenSSL judged the first time, `trust.ts` does afterwards. */
  judge(socket: Socket, now: Instant): Result<Peer, string> {
    const proof = this.#proofs.get(socket) ?? this.#first(socket);
    if (proof === undefined) return fail('geen bewezen clientcertificaat');
    if (now > proof.peer.validTo) return fail('clientcertificaat is intussen verlopen');
    const isFresh = proof.trust === this.#trust && performance.now() - proof.provenAt < this.#reproveMs;
    return isFresh ? ok(proof.peer) : this.#again(socket, proof, now);
  }

  #first(socket: Socket): Proof | undefined {
    if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
    const { raw } = socket.getPeerCertificate(false);
    const peer = raw === undefined ? undefined : readPeer(raw);
    return peer === undefined ? undefined : this.#keep(socket, peer);
  }

  #again(socket: Socket, { peer }: Proof, now: Instant): Result<Peer, string> {
    const [leaf, ...chain] = socket instanceof TLSSocket ? presentedChain(socket) : [];
    if (leaf === undefined) return fail('geen bewezen clientcertificaat');
    const verdict = verifyPeerCertificate(leaf, { trust: this.#trust, now, purpose: 'clientAuth', chain });
    if (!verdict.ok) return fail(verdict.error.detail);
    this.#keep(socket, peer);
    return ok(peer);
  }

  #keep(socket: Socket, peer: Peer): Proof {
    const proof = { peer, trust: this.#trust, provenAt: performance.now() };
    this.#proofs.set(socket, proof);
    return proof;
  }
}

/** Leaf first; the root names itself as issuer, which ends the walk. */
function presentedChain(socket: TLSSocket): readonly Buffer[] {
  const chain: Buffer[] = [];
  let at: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (at?.raw !== undefined && chain.length < MAX_CHAIN) {
    chain.push(at.raw);
    at = at.issuerCertificate === at ? undefined : at.issuerCertificate;
  }
  return chain;
}
