// Judges certificates that a listed proxy forwards, and remembers the verdict while everything it rests on is valid.
import { createHash } from 'node:crypto';
import { fail, type Instant, ok, type Result } from '../base/index.ts';
import { peerOf } from './peer.ts';
import type { ForwardedCertificate } from './proxy-header.ts';
import { verifyPeerCertificate } from './trust.ts';
import type { TrustStore } from './trust-store.ts';
import type { Peer } from './types.ts';

const MAX_REMEMBERED = 1000;

interface Verdict {
  readonly peer: Peer;
  readonly validUntil: Instant;
}

export class ForwardedPeers {
  readonly #trust: TrustStore;
  readonly #verdicts = new Map<string, Verdict>();

  constructor(trust: TrustStore) {
    this.#trust = trust;
  }

  /** The peer, or why its certificate is refused; only good verdicts are remembered. */
  judge({ der, chain }: ForwardedCertificate, now: Instant): Result<Peer, string> {
    const key = createHash('sha256').update(der).digest('base64');
    const known = this.#verdicts.get(key);
    if (known !== undefined && now < known.validUntil) return ok(known.peer);
    const verdict = verifyPeerCertificate(der, { trust: this.#trust, now, purpose: 'clientAuth', chain });
    if (!verdict.ok) return fail(verdict.error.detail);
    const peer = peerOf(verdict.value.facts);
    this.#remember(key, { peer, validUntil: verdict.value.validUntil });
    return ok(peer);
  }

  #remember(key: string, verdict: Verdict): void {
    const [oldest] = this.#verdicts.keys();
    if (this.#verdicts.size >= MAX_REMEMBERED && oldest !== undefined) this.#verdicts.delete(oldest);
    this.#verdicts.set(key, verdict);
  }
}
