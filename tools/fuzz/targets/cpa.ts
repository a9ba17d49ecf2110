// The CPA importer: what it takes can be sent and resolved for every action in it, what it refuses it explains.
import fc, { type Arbitrary } from 'fast-check';
import {
  type ActionBinding,
  type Agreement,
  type AgreementParty,
  type CpaInput,
  type CreatableProfile,
  checkCpa,
  createCpa,
  indexAgreements,
  parseCpa,
  persistUntil,
  resolveExchange,
  retryIntervalMs,
  signalExchange,
  timeToLive,
} from '../../../adapter/agreement/index.ts';
import { hasError } from '../../../adapter/base/index.ts';
import { type MessageHeader, readMessage, writeMessage } from '../../../adapter/ebms/index.ts';
import { readXml } from '../../../adapter/xml/index.ts';
import { XML_MUTATORS, XML_TOKENS } from '../mutate/xml.ts';
import { samples } from '../samples.ts';
import { must, type Target } from '../target.ts';
import { fuzzPki, OIN_A, OIN_B } from './parties.ts';

export function checkImport(input: Buffer): void {
  const parsed = parseCpa(input);
  if (!parsed.ok) {
    must(hasError(parsed.error), 'a CPA is refused without a reason');
    must(parsed.error.every(isTold), 'a finding has no text or no place');
    return;
  }
  const { agreement } = parsed.value;
  const now = agreement.start;
  const policy = {
    ownOins: [],
    now,
    production: false,
    allowLocalhost: true,
    allowHttp: true,
    allowSha1: true,
    existing: [],
  };
  const issues = checkCpa(agreement, policy);
  must(issues.every(isTold), 'a finding has no text or no place');
  checkCpa(agreement, { ...policy, production: true, ownOins: [OIN_A], existing: [agreement] });
  if (!hasError(issues)) resolveAll(agreement);
}

const isTold = ({ detail, where }: { detail: string; where: string }): boolean => detail !== '' && where !== '';

/** Everything that either party sends has its way, and the times that follow from the CPA are instants. */
function resolveAll(agreement: Agreement): void {
  const index = indexAgreements([agreement]);
  const [a, b] = agreement.parties;
  for (const [from, to] of [[a, b] as const, [b, a] as const]) {
    for (const binding of from.bindings) {
      if (binding.direction !== 'send') continue;
      const resolved = resolveExchange(index, {
        ...carried(headerOf(agreement, from, to, binding)),
        now: agreement.start,
      });
      must(resolved.ok, 'an action of an accepted CPA cannot be resolved');
      const exchange = resolved.value;
      must(URL.canParse(exchange.url), 'the endpoint of an accepted CPA is no URL');
      must(Number.isFinite(persistUntil(exchange, agreement.start)), 'persistUntil is no instant');
      must(Number.isFinite(timeToLive(exchange, agreement.start) ?? 0), 'timeToLive is no instant');
      must(Number.isFinite(retryIntervalMs(exchange, agreement.start) ?? 0), 'the retry interval is no time');
      for (const kind of ['Acknowledgment', 'MessageError', 'Ping'] as const) signalExchange(exchange, kind);
    }
  }
}

const headerOf = (
  agreement: Agreement,
  from: AgreementParty,
  to: AgreementParty,
  binding: ActionBinding,
): MessageHeader => ({
  version: '2.0',
  from: { partyIds: from.partyIds.slice(0, 1), role: binding.role },
  to: { partyIds: to.partyIds.slice(0, 1) },
  cpaId: agreement.cpaId,
  conversationId: 'c-1',
  service: binding.service,
  action: binding.action,
  messageId: 'm1@a.example',
  timestamp: { instant: agreement.start, zoned: true },
  duplicateElimination: false,
});

/** The header as the partner reads it: what a CPA may hold and a header may not is found here. */
function carried(header: MessageHeader): MessageHeader {
  const xml = readXml(Buffer.from(writeMessage({ header, syncReply: false, ackRequested: [], signatures: 0 })));
  const read = xml.ok ? readMessage(xml.value) : undefined;
  must(read?.ok === true, 'the header of an action of an accepted CPA cannot be read');
  return read.value.message.header;
}

const START = Date.UTC(2025, 0, 1);

async function baseInput(): Promise<CpaInput> {
  const pki = await fuzzPki();
  const party = (oin: string, name: string) => ({
    oin,
    name,
    role: name,
    endpoint: `https://${name}.localhost/ebms`,
    tlsCertificatePem: pki.party(name).tls.certificatePem,
    signingCertificatePem: pki.party(name).signing.certificatePem,
  });
  return {
    cpaId: 'FUZZ_A_B',
    start: START,
    end: START + 300 * 86_400_000,
    parties: [party(OIN_A, 'partij-a'), party(OIN_B, 'partij-b')],
    exchanges: exchangesOf('osb-rm-s'),
  };
}

const exchangesOf = (profile: CreatableProfile): CpaInput['exchanges'] => [
  { from: 0, service: 'dienst:1', serviceType: 'urn:osb:services', action: 'ggk_Di01', profile },
  { from: 1, service: 'dienst:1', serviceType: 'urn:osb:services', action: 'Fo01', profile },
];

const PROFILES: readonly CreatableProfile[] = ['osb-be', 'osb-rm', 'osb-be-s', 'osb-rm-s'];

const written = (input: CpaInput): Buffer => {
  const made = createCpa(input);
  return Buffer.from(made.ok ? made.value : '');
};

let base: CpaInput | undefined;

const arbitrary = (): Arbitrary<Uint8Array> =>
  fc
    .record({
      profile: fc.constantFrom(...PROFILES),
      cpaId: fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/),
      start: fc.integer({ min: 0, max: 2 * START }),
      days: fc.integer({ min: 1, max: 40_000 }),
      retries: fc.constantFrom(0, 1, 8, 1000, 2_147_483_647),
      retryInterval: fc.constantFrom('PT0S', 'PT3H', 'P1Y2M3DT4H5M6.7S', 'P9999999999Y', 'PT1M'),
      persistDuration: fc.constantFrom('P1D', 'PT0.001S', 'P99999999999D'),
      syncReply: fc.constantFrom('none' as const, 'mshSignalsOnly' as const),
    })
    .map(({ profile, days, ...changes }) => {
      if (base === undefined) return new Uint8Array();
      return written({
        ...base,
        ...changes,
        end: changes.start + days * 86_400_000,
        exchanges: exchangesOf(profile),
      });
    });

export const cpaTarget: Target = {
  name: 'cpa',
  about: 'CPA-import',
  dictionary: [...XML_TOKENS, 'PT0S', 'P1M', 'P9999999999Y', 'perMessage', 'https://a.localhost/', 'agreed', 'signed'],
  mutators: XML_MUTATORS,
  arbitrary,
  async prepare() {
    const input = await baseInput();
    base = input;
    const own = PROFILES.map((profile) => written({ ...input, exchanges: exchangesOf(profile) }));
    return {
      seeds: [...own, ...samples('ebxml/samples', /^cpa.*\.xml$/), ...samples('peer-wire/cpa', /\.xml$/)],
      run: checkImport,
    };
  },
};
