// Channels of one party: addresses, protocols, reliability, algorithms (V11–V22, rows 55, 79, 80).
import { addDuration, type Duration, type Issue } from '../base/index.ts';
import { type CpaPolicy, error, onLine, warn } from './check.ts';
import { totalOf } from './exchange.ts';
import type { AgreementParty, DeliveryChannel, NonRepudiation, ProtocolName } from './types.ts';

const SHORTEST_INTERVAL_MS = 60_000;
const MOST_RETRIES = 100;

export function checkChannels(party: AgreementParty, policy: CpaPolicy): Issue[] {
  const channels = new Map<string, DeliveryChannel>();
  for (const channel of [
    party.defaultChannel,
    ...party.overrides.values(),
    ...party.bindings.map((one) => one.channel),
  ])
    channels.set(channel.channelId, channel);
  return [...channels.values()].flatMap((channel) => [
    ...checkEndpoints(channel, policy),
    ...checkReliability(channel),
    ...checkSides(channel),
    ...checkSignals(channel, party),
    ...checkAlgorithms(channel.senderNonRepudiation, `${at(channel)}/SenderNonRepudiation`, policy),
    ...checkAlgorithms(channel.receiverNonRepudiation, `${at(channel)}/ReceiverNonRepudiation`, policy),
  ]);
}

const at = (channel: DeliveryChannel): string => `DeliveryChannel[@channelId='${channel.channelId}']`;

/** https, a name that is not ours to guess, no credentials: a partner's CPA must not make us call anywhere (row 79). */
function checkEndpoints(channel: DeliveryChannel, policy: CpaPolicy): Issue[] {
  return channel.endpoints.flatMap((endpoint): Issue[] => {
    const where = `${at(channel)}/Endpoint/@uri`;
    const bad = (code: string, detail: string): Issue[] => [
      onLine(endpoint.line, error(code, where, detail, 'DK-007')),
    ];
    let url: URL;
    try {
      url = new URL(endpoint.uri);
    } catch {
      return bad('EndpointUrl', 'is geen volledige URL');
    }
    if (url.username !== '' || url.password !== '')
      return bad('EndpointCredentials', 'bevat een gebruikersnaam of wachtwoord; verwacht een adres zonder');
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && policy.allowHttp === true))
      return bad('EndpointScheme', `is geen https-adres; gevonden ${url.protocol}`);
    if (isPrivate(url.hostname) && policy.allowLocalhost !== true)
      return bad('EndpointPrivate', `is een lokaal of privé-adres; gevonden ${url.hostname}`);
    return policy.production && url.port !== ''
      ? [onLine(endpoint.line, warn('EndpointPort', where, 'gebruikt een andere poort dan 443', 'TLS005'))]
      : [];
  });
}

/** Loopback, link-local, private and unspecified addresses, and names that only resolve here. */
function isPrivate(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (host === 'localhost' || host.endsWith('.localhost') || host.endsWith('.local') || host.endsWith('.internal'))
    return true;
  if (/^(127|10|0)\./.test(host) || /^192\.168\./.test(host) || /^169\.254\./.test(host)) return true;
  if (/^172\.(1[6-9]|2\d|3[01])\./.test(host) || /^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./.test(host)) return true;
  return host === '::1' || host === '::' || /^(fe80|fc|fd|::ffff:)/.test(host);
}

function checkReliability(channel: DeliveryChannel): Issue[] {
  const issues: Issue[] = [];
  const line = channel.source?.line;
  const reliability = channel.senderReliability;
  if (channel.ackRequested !== 'never') {
    const sends = channel.source === undefined || channel.source.sender.bindingVersion !== undefined;
    if (sends && reliability === undefined)
      issues.push(
        onLine(
          line,
          error(
            'Reliability',
            at(channel),
            'ackRequested vraagt ReliableMessaging met Retries en RetryInterval',
            'V13',
          ),
        ),
      );
  }
  if (reliability !== undefined) {
    const interval = addDuration(0, reliability.retryInterval);
    if (isEndless(totalOf(reliability)))
      issues.push(
        onLine(
          line,
          error('Reliability', at(channel), '(Retries+1) × RetryInterval is langer dan honderd jaar', 'V13'),
        ),
      );
    else if (reliability.retries < 0 || interval <= 0)
      issues.push(
        onLine(
          line,
          error('Reliability', at(channel), 'Retries mag niet negatief zijn en RetryInterval niet nul', 'V13'),
        ),
      );
    else if (interval < SHORTEST_INTERVAL_MS)
      issues.push(onLine(line, warn('RetryInterval', at(channel), 'RetryInterval is korter dan een minuut', 'V13')));
    if (reliability.retries > MOST_RETRIES)
      issues.push(onLine(line, warn('Retries', at(channel), `meer dan ${MOST_RETRIES} herhalingen`, 'V13')));
  }
  const persist = channel.receiverPersistDuration ?? channel.senderPersistDuration;
  if (persist !== undefined && isEndless(persist))
    issues.push(onLine(line, error('PersistDuration', at(channel), 'is langer dan honderd jaar', 'V14')));
  if (channel.duplicateElimination === 'always' && persist === undefined)
    issues.push(onLine(line, warn('PersistDuration', at(channel), 'ontbreekt bij duplicateElimination=always', 'V14')));
  if (
    persist !== undefined &&
    reliability !== undefined &&
    addDuration(0, persist) <= addDuration(0, totalOf(reliability))
  ) {
    issues.push(
      onLine(line, warn('PersistDuration', at(channel), 'is niet langer dan (Retries+1) × RetryInterval', 'V14')),
    );
  }
  return issues;
}

const CENTURY_MS = 100 * 366 * 86_400_000;

/** Beyond every date that a message could carry; what overflows is no number at all. */
const isEndless = (duration: Duration): boolean => !(addDuration(0, duration) <= CENTURY_MS);

/** Both sides of a channel, each with its own place in the document. */
function sidesOf(channel: DeliveryChannel) {
  const { source } = channel;
  if (source === undefined) return [];
  return (['Sender', 'Receiver'] as const).map((role) => ({
    side: role === 'Sender' ? source.sender : source.receiver,
    transport: `${at(channel)}/Transport${role}`,
    binding: `${at(channel)}/ebXML${role}Binding`,
  }));
}

const isTls12OrLater = ({ name, version }: ProtocolName): boolean =>
  name.toUpperCase() === 'TLS' && (version === undefined || Number(version) >= 1.2);

/** Protocol, versions, and what Digikoppeling never uses. */
function checkSides(channel: DeliveryChannel): Issue[] {
  const issues: Issue[] = [];
  const line = channel.source?.line;
  for (const { side, transport, binding } of sidesOf(channel)) {
    if (side.transport && side.protocol?.name.toUpperCase() !== 'HTTP')
      issues.push(onLine(line, error('Protocol', transport, 'TransportProtocol is geen HTTP', 'V12')));
    if (side.transport && side.security === undefined)
      issues.push(onLine(line, warn('Security', transport, 'zonder TransportSecurity; TLS blijft verplicht', 'V12')));
    if (side.security !== undefined && !isTls12OrLater(side.security))
      issues.push(
        onLine(line, warn('SecurityVersion', transport, 'noemt geen TLS 1.2 of 1.3; dat blijft vereist', 'DK-005')),
      );
    if (side.accessAuthentication)
      issues.push(
        onLine(line, warn('AccessAuthentication', transport, 'basic en digest worden niet gebruikt', 'DK-004')),
      );
    if (side.bindingVersion !== undefined && side.bindingVersion !== '2.0')
      issues.push(
        onLine(line, warn('BindingVersion', binding, 'ebXML-binding heeft een andere versie dan 2.0', 'V22')),
      );
    if (side.guaranteedOrder)
      issues.push(onLine(line, error('MessageOrder', binding, 'gegarandeerde volgorde wordt niet ondersteund', 'V18')));
  }
  if (!['none', 'mshSignalsOnly'].includes(channel.syncReplyMode))
    issues.push(onLine(line, error('SyncReplyMode', at(channel), 'verwacht none of mshSignalsOnly', 'V19')));
  if (channel.actor?.endsWith(':nextMSH') === true)
    issues.push(onLine(line, error('Actor', at(channel), 'nextMSH wordt niet ondersteund', 'V20')));
  return issues;
}

function checkSignals(channel: DeliveryChannel, party: AgreementParty): Issue[] {
  if (channel.ackSignatureRequested !== 'always') return [];
  const line = channel.source?.line;
  if (channel.ackRequested === 'never')
    return [
      onLine(
        line,
        error('AckSignature', at(channel), 'een ondertekende ontvangstbevestiging zonder ontvangstbevestiging', 'V15'),
      ),
    ];
  return party.defaultChannel.senderNonRepudiation?.certificate === undefined
    ? [
        onLine(
          line,
          error(
            'AckSignature',
            at(channel),
            'het standaardkanaal noemt geen certificaat om mee te ondertekenen',
            'V15',
          ),
        ),
      ]
    : [];
}

function checkAlgorithms(nonRepudiation: NonRepudiation | undefined, where: string, policy: CpaPolicy): Issue[] {
  if (nonRepudiation === undefined) return [];
  const { hashFunction, signatureAlgorithm, line } = nonRepudiation;
  if (/sha-?1\b|md5/i.test(`${hashFunction} ${signatureAlgorithm}`)) {
    const allowed = !policy.production && policy.allowSha1 === true;
    return [
      onLine(line, (allowed ? warn : error)('WeakAlgorithm', where, 'SHA-1 en MD5 zijn niet toegestaan', 'DK-074')),
    ];
  }
  const known =
    /^http:\/\/www\.w3\.org\/2001\/04\/(xmlenc#sha(256|512)|xmldsig-more#sha384)$/.test(hashFunction) &&
    /xmldsig-more#rsa-sha(256|384|512)$/.test(signatureAlgorithm);
  return known
    ? []
    : [
        onLine(
          line,
          error('UnknownAlgorithm', where, 'het hash- of ondertekeningsalgoritme wordt niet ondersteund', 'DK-074'),
        ),
      ];
}
