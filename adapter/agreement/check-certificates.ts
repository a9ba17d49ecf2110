// Certificates of one party: readable, in date, strong enough, and of the organisation that the CPA names (V21, rows 80, 81).
import { type KeyObject, X509Certificate } from 'node:crypto';
import { formatDateTime, type Issue, OIN_FORM, OIN_TYPE } from '../base/index.ts';
import { type CpaPolicy, error, onLine, warn } from './check.ts';
import type { Agreement, AgreementCertificate, AgreementParty } from './types.ts';

const MIN_RSA_BITS = 2048;

export function checkCertificates(party: AgreementParty, agreement: Agreement, policy: CpaPolicy): Issue[] {
  const leaves = leafIds(party);
  return party.certificates.flatMap((certificate) => {
    const read = parse(certificate);
    if (read === undefined)
      return [
        onLine(certificate.line, error('Certificate', at(certificate), 'is geen leesbaar X.509-certificaat', 'V21')),
      ];
    return [
      ...checkDates(certificate, read.x509, agreement, policy),
      ...checkKey(certificate, read.key, policy),
      ...(leaves.has(certificate.certId) ? checkOin(certificate, read.x509, party) : []),
    ];
  });
}

const at = (certificate: AgreementCertificate): string => `Certificate[@certId='${certificate.certId}']`;

/** OpenSSL reads the key only when it is asked for, and can find then that it is none. */
function parse(certificate: AgreementCertificate): { x509: X509Certificate; key: KeyObject } | undefined {
  try {
    const x509 = new X509Certificate(certificate.der);
    return { x509, key: x509.publicKey };
  } catch {
    return undefined;
  }
}

/** Certificates that stand for the party itself, not for an authority it trusts. */
function leafIds(party: AgreementParty): ReadonlySet<string> {
  const channels = [party.defaultChannel, ...party.bindings.map((one) => one.channel)];
  const own = channels.flatMap((channel) => [
    channel.clientCertificate,
    channel.serverCertificate,
    channel.senderNonRepudiation?.certificate,
  ]);
  return new Set(own.flatMap((certificate) => certificate?.certId ?? []));
}

function checkDates(
  certificate: AgreementCertificate,
  parsed: X509Certificate,
  agreement: Agreement,
  { now }: CpaPolicy,
): Issue[] {
  const [from, to] = [Date.parse(parsed.validFrom), Date.parse(parsed.validTo)];
  if (to < now)
    return [
      onLine(
        certificate.line,
        warn('CertificateExpired', at(certificate), `is verlopen op ${formatDateTime(to)}`, 'V21'),
      ),
    ];
  if (from > now)
    return [
      onLine(
        certificate.line,
        warn('CertificateNotYetValid', at(certificate), `geldt pas vanaf ${formatDateTime(from)}`, 'V21'),
      ),
    ];
  return to < agreement.end
    ? [onLine(certificate.line, warn('CertificateEnds', at(certificate), 'eindigt eerder dan de CPA', 'V21'))]
    : [];
}

function checkKey(certificate: AgreementCertificate, key: KeyObject, policy: CpaPolicy): Issue[] {
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (key.asymmetricKeyType !== 'rsa' || bits === undefined || bits >= MIN_RSA_BITS) return [];
  const say = policy.production ? error : warn;
  return [
    onLine(
      certificate.line,
      say(
        'WeakKey',
        at(certificate),
        `de RSA-sleutel heeft ${bits} bits; ten minste ${MIN_RSA_BITS} is nodig`,
        'DK-074',
      ),
    ),
  ];
}

/** subject.serialNumber is the OIN of the PartyId (PKI001, DK-027); another one needs a mandate. */
function checkOin(certificate: AgreementCertificate, parsed: X509Certificate, party: AgreementParty): Issue[] {
  const oins = party.partyIds.filter((id) => id.type === OIN_TYPE).map((id) => id.value.replace(/_[OTA]{1,3}$/, ''));
  const serial = /(?:^|\n)serialNumber=(\d+)/.exec(parsed.subject)?.[1];
  if (oins.length === 0 || (serial !== undefined && oins.includes(serial))) return [];
  // Only an OIN is repeated: a certificate of something else may have the number of a person there.
  const detail =
    serial === undefined || !OIN_FORM.test(serial)
      ? 'heeft geen OIN in subject.serialNumber'
      : `heeft een ander OIN dan het PartyId; gevonden ${serial}, verwacht ${oins.join(' of ')}`;
  return [onLine(certificate.line, warn('CertificateOin', at(certificate), detail, 'PKI001'))];
}
