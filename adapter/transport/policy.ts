// The TLS policy of Digikoppeling as tables: versions, cipher suites, groups and signature algorithms that are allowed (TLS006).
import { constants } from 'node:crypto';
import { createSecureContext, type SecureContextOptions } from 'node:tls';

/** NCSC class "goed" or "voldoende" only (TLSCIPH001, security sheet §1.2); level 2 also refuses RSA below 2048 and SHA-1 chains. */
export const ALLOWED_CIPHERS = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
] as const;

/** Hybrid groups come first where this OpenSSL knows them (security sheet §1.3). */
const HYBRID_GROUPS = ['X25519MLKEM768', 'SecP256r1MLKEM768', 'SecP384r1MLKEM1024'];
const CURVES = [
  'X25519',
  'prime256v1',
  'secp384r1',
  'X448',
  'secp521r1',
  'brainpoolP256r1',
  'brainpoolP384r1',
  'brainpoolP512r1',
];

/** SHA-256 and up in the handshake; SHA-224 is phase-out and SHA-1 insufficient (§1.3). */
const SIGNATURE_ALGORITHMS = [
  'ecdsa_secp256r1_sha256',
  'ecdsa_secp384r1_sha384',
  'ecdsa_secp521r1_sha512',
  'ed25519',
  'ed448',
  'rsa_pss_rsae_sha256',
  'rsa_pss_rsae_sha384',
  'rsa_pss_rsae_sha512',
  'rsa_pss_pss_sha256',
  'rsa_pss_pss_sha384',
  'rsa_pss_pss_sha512',
  'rsa_pkcs1_sha256',
  'rsa_pkcs1_sha384',
  'rsa_pkcs1_sha512',
];

/**
 * Organisation name in the subject of every authority that `dk certs dev` makes. A production configuration that meets it
 * in a chain refuses to start (architecture 3.12).
 */
export const DEVELOPMENT_ORGANISATION = 'Ontwikkel-PKI (niet voor productie)';

let groups: string | undefined;

function supportedGroups(): string {
  groups ??= [...HYBRID_GROUPS.filter(isKnownGroup), ...CURVES.filter(isKnownGroup)].join(':');
  return groups;
}

function isKnownGroup(name: string): boolean {
  try {
    createSecureContext({ ecdhCurve: name });
    return true;
  } catch {
    return false;
  }
}

/** Options for both sides of a connection: TLS 1.2 and 1.3 only, no renegotiation, no compression (TLS003, TLS004, row 96). */
export function tlsPolicy(): SecureContextOptions {
  return {
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    ciphers: `${ALLOWED_CIPHERS.join(':')}:@SECLEVEL=2`,
    honorCipherOrder: true,
    ecdhCurve: supportedGroups(),
    sigalgs: SIGNATURE_ALGORITHMS.join(':'),
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_COMPRESSION,
  };
}
