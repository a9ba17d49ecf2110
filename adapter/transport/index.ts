// Transport: the ebMS endpoint with mutual TLS, the client that posts to partners, and the judgement of certificates.
export { PROXIES_EXPECTED, parseAddressList } from './address-list.ts';
export { type CertificateFacts, onOneLine, readCertificate } from './certificate.ts';
export {
  CLIENT_LIMITS,
  type ClientLimits,
  type ClientOptions,
  createPartnerClient,
  type ReloadableClient,
} from './client.ts';
export {
  holdsDevelopment,
  type MaterialReport,
  type PreparedTls,
  prepareTls,
  readTlsFiles,
  reportMaterial,
  type TlsFiles,
  type TlsMaterial,
  TransportConfigError,
} from './material.ts';
export {
  classify,
  FINAL_STATUSES,
  MAX_RETRY_AFTER_MS,
  type PostVerdict,
  type RetryReason,
  retryAfter,
} from './outcome.ts';
export { readPeer } from './peer.ts';
export { DEVELOPMENT_ORGANISATION } from './policy.ts';
export { BodyAborted, type BodyAbortReason } from './request-body.ts';
export { type Crl, readCrl } from './revocation.ts';
export { createEbmsServer } from './server.ts';
export {
  type EbmsServer,
  type MutualTlsListener,
  type PlainListener,
  type ProxyListener,
  SERVER_LIMITS,
  type ServerLimits,
  type ServerOptions,
  type TransportEvent,
} from './server-options.ts';
export {
  type CertificatePurpose,
  type TrustedCertificate,
  type TrustFailure,
  type TrustFailureCode,
  type TrustQuery,
  verifyPeerCertificate,
} from './trust.ts';
export { createTrustStore, type TrustMaterial, type TrustStore } from './trust-store.ts';
export type * from './types.ts';
