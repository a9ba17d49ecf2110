// Turns what goes wrong on the way to a partner into a reason and one Dutch sentence an operator can act on.
import { errorCode } from './error-code.ts';
import type { PostOutcome } from './types.ts';

type Failure = Extract<PostOutcome, { kind: 'failed' }>;
type Reason = Failure['reason'];

/** By error code of node, OpenSSL or undici; the code itself is shown behind the sentence. */
const KNOWN: Readonly<Record<string, readonly [Reason, string]>> = {
  ECONNREFUSED: ['connect', 'partner weigert de verbinding'],
  ENOTFOUND: ['connect', 'hostnaam van de partner is niet bekend'],
  EAI_AGAIN: ['connect', 'hostnaam van de partner is nu niet op te zoeken'],
  EHOSTUNREACH: ['connect', 'partner is niet bereikbaar'],
  ENETUNREACH: ['connect', 'netwerk van de partner is niet bereikbaar'],
  ECONNRESET: ['connect', 'partner verbrak de verbinding'],
  EPIPE: ['connect', 'partner verbrak de verbinding'],
  UND_ERR_SOCKET: ['connect', 'partner verbrak de verbinding'],
  ETIMEDOUT: ['timeout', 'partner antwoordt niet op tijd'],
  UND_ERR_CONNECT_TIMEOUT: ['timeout', 'verbinding met de partner kwam niet op tijd tot stand'],
  UND_ERR_HEADERS_TIMEOUT: ['timeout', 'antwoord van de partner bleef uit'],
  UND_ERR_BODY_TIMEOUT: ['timeout', 'antwoord van de partner viel stil'],
  CERT_HAS_EXPIRED: ['tls', 'servercertificaat van de partner is verlopen'],
  CERT_NOT_YET_VALID: ['tls', 'servercertificaat van de partner is nog niet geldig'],
  CERT_REVOKED: ['tls', 'servercertificaat van de partner is ingetrokken'],
  CRL_HAS_EXPIRED: ['tls', 'intrekkingslijst voor het servercertificaat is niet meer actueel'],
  CRL_NOT_YET_VALID: ['tls', 'intrekkingslijst voor het servercertificaat is nog niet geldig'],
  CRL_SIGNATURE_FAILURE: ['tls', 'intrekkingslijst voor het servercertificaat heeft een ongeldige handtekening'],
  // OpenSSL says the same of a self-signed certificate.
  UNABLE_TO_GET_CRL: ['tls', 'geen intrekkingslijst van de uitgever van het servercertificaat, of uitgever onbekend'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['tls', 'servercertificaat van de partner is zelf ondertekend'],
  SELF_SIGNED_CERT_IN_CHAIN: ['tls', 'stamcertificaat van de partner wordt niet vertrouwd'],
  UNABLE_TO_GET_ISSUER_CERT: ['tls', 'uitgever van het servercertificaat wordt niet vertrouwd'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['tls', 'uitgever van het servercertificaat wordt niet vertrouwd'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['tls', 'uitgever van het servercertificaat wordt niet vertrouwd'],
  INVALID_PURPOSE: ['tls', 'servercertificaat van de partner is niet bedoeld voor een server'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['tls', 'servercertificaat van de partner hoort bij een andere hostnaam'],
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: ['tls', 'partner eist een clientcertificaat'],
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: ['tls', 'partner vertrouwt de uitgever van ons certificaat niet'],
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: ['tls', 'partner vindt ons certificaat verlopen'],
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: ['tls', 'partner vindt ons certificaat ingetrokken'],
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: ['tls', 'partner aanvaardt ons certificaat niet'],
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: ['tls', 'partner aanvaardt ons certificaat niet'],
  ERR_SSL_WRONG_VERSION_NUMBER: ['tls', 'partner spreekt op deze poort geen TLS'],
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: ['tls', 'partner biedt geen TLS 1.2 of hoger'],
  ERR_SSL_UNSUPPORTED_PROTOCOL: ['tls', 'partner biedt geen TLS 1.2 of hoger'],
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: ['tls', 'geen gemeenschappelijke TLS-instellingen met de partner'],
  UND_ERR_HEADERS_OVERFLOW: ['tooLarge', 'kopregels van het antwoord zijn te groot'],
  HTTPParserError: ['protocol', 'antwoord van de partner is geen geldige HTTP'],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ['protocol', 'antwoord van de partner is korter of langer dan aangekondigd'],
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: ['protocol', 'bericht heeft een andere lengte dan aangekondigd'],
};

/** Codes after which no octet of the request has left: there was no connection to send it over. */
const NO_CONNECTION: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** The error that undici or node gave, told without addresses, paths or stack. Unknown errors keep only their code. */
export function describeFailure(error: unknown): Failure {
  const code = errorCode(error);
  const known = KNOWN[code];
  if (known !== undefined) {
    const [reason, text] = known;
    const unsent = reason === 'tls' || NO_CONNECTION.has(code) ? { unsent: true as const } : {};
    return { kind: 'failed', reason, detail: `${text} (${code})`, ...unsent };
  }
  if (code === 'AbortError' || code === 'TimeoutError') {
    return { kind: 'failed', reason: 'timeout', detail: 'uitwisseling met de partner duurde te lang' };
  }
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || OPENSSL_VERIFY.test(code)) {
    return { kind: 'failed', reason: 'tls', detail: `TLS met de partner mislukte (${code})` };
  }
  if (code.startsWith('HPE_') || code.startsWith('UND_ERR_')) {
    return { kind: 'failed', reason: 'protocol', detail: `antwoord van de partner is geen geldige HTTP (${code})` };
  }
  return { kind: 'failed', reason: 'connect', detail: `verbinding met de partner mislukte (${code})` };
}

/** Names of X509_V_ERR results as node shows them. */
const OPENSSL_VERIFY = /^(?:CERT_|CRL_|UNABLE_TO_|INVALID_|ERROR_IN_|PATH_LENGTH|HOSTNAME_MISMATCH|EE_KEY|CA_)/;
