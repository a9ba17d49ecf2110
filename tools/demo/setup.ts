// Lays out the demo on disk: certificates, CPAs, a configuration per gateway and per simulated partner.
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCpa } from '../../adapter/agreement/index.ts';
import { type DevPki, makeDevPki, writeDevPki } from '../certs/index.ts';
import type { PartnerJson } from '../partner/index.ts';
import { ACTIONS, type DemoParty, PARTIES, SERVICE, STRANGER } from './parties.ts';
import { freePorts } from './ports.ts';

export interface DemoLayout {
  readonly dir: string;
  readonly certs: string;
  readonly key: string;
  readonly ports: Readonly<Record<DemoParty['name'], number>>;
  readonly api: Readonly<Record<'gemeente' | 'hub', number>>;
  readonly control: Readonly<Record<'vecozo' | 'cak', number>>;
  readonly cpas: readonly {
    readonly file: string;
    readonly cpaId: string;
    readonly parties: readonly DemoParty['name'][];
  }[];
}

/** Retries fast enough to be seen, slow enough not to hurry a busy machine. */
const RETRY_INTERVAL = 'PT3S';
const RETRIES = 5;

/** Makes everything anew under `dir`, an empty folder; RSA keys take the most of the time. */
export async function layOut(dir: string): Promise<DemoLayout> {
  const certs = join(dir, 'certs');
  const named = [...Object.values(PARTIES), STRANGER].map(({ oin, name }) => ({ oin, name }));
  const pki = await makeDevPki({ parties: named });
  await writeDevPki(certs, pki);
  const [gemeente = 0, hub = 0, vecozo = 0, cak = 0, api1 = 0, api2 = 0, control1 = 0, control2 = 0] =
    await freePorts(8);
  const layout = {
    dir,
    certs,
    key: randomBytes(24).toString('base64url'),
    ports: { gemeente, hub, vecozo, cak },
    api: { gemeente: api1, hub: api2 },
    control: { vecozo: control1, cak: control2 },
  };
  const cpas = [
    writeCpa(layout, pki, PARTIES.gemeente, 'none'),
    writeCpa(layout, pki, PARTIES.vecozo, 'none'),
    writeCpa(layout, pki, PARTIES.cak, 'mshSignalsOnly'),
  ];
  const whole = { ...layout, cpas };
  writeGateway(whole, PARTIES.gemeente);
  writeGateway(whole, PARTIES.hub);
  writePartner(whole, PARTIES.vecozo);
  writePartner(whole, PARTIES.cak);
  return whole;
}

type Draft = Omit<DemoLayout, 'cpas'>;

/** One CPA between the hub and a partner: three actions both ways, signed and reliable (osb-rm-s). */
function writeCpa(layout: Draft, pki: DevPki, partner: DemoParty, syncReply: 'none' | 'mshSignalsOnly') {
  const { hub } = PARTIES;
  const cpaId = `GGK_${hub.oin}_${partner.oin}_demo`;
  const now = Date.now();
  const data = (party: DemoParty) => ({
    oin: party.oin,
    name: party.title,
    role: party.role,
    endpoint: `https://localhost:${layout.ports[party.name]}/ebms`,
    tlsCertificatePem: pki.party(party.name).tls.certificatePem,
    signingCertificatePem: pki.party(party.name).signing.certificatePem,
  });
  const both = [0, 1] as const;
  const made = createCpa({
    cpaId,
    start: now - 3_600_000,
    end: now + 30 * 86_400_000,
    parties: [data(hub), data(partner)],
    exchanges: both.flatMap((from) =>
      ACTIONS.map((action) => ({
        from,
        service: SERVICE.value,
        serviceType: SERVICE.type,
        action,
        profile: 'osb-rm-s' as const,
      })),
    ),
    retries: RETRIES,
    retryInterval: RETRY_INTERVAL,
    syncReply,
  });
  if (!made.ok) throw new Error(`CPA ${cpaId}: ${made.error.map((issue) => issue.detail).join('; ')}`);
  const file = join(layout.dir, 'cpa', `${cpaId}.xml`);
  mkdirSync(join(layout.dir, 'cpa'), { recursive: true });
  writeFileSync(file, made.value);
  return { file, cpaId, parties: [hub.name, partner.name] as const };
}

function writeGateway(layout: DemoLayout, party: DemoParty): void {
  const own = join(layout.certs, party.name);
  const trust = { caFiles: [join(layout.certs, 'ca', 'chain.pem')], crlFiles: lists(layout) };
  const tls = { keyFile: join(own, 'tls.key'), certFile: join(own, 'tls.crt'), ...trust };
  const isHub = party.name === 'hub';
  const folder = join(layout.dir, party.name);
  mkdirSync(folder, { recursive: true });
  const config = {
    mode: 'development',
    name: party.name,
    parties: [party.oin],
    store: `sqlite:${join(folder, 'data')}`,
    messageIdDomain: `${party.name}.demo.test`,
    endpoint: { port: layout.ports[party.name], ...tls },
    client: tls,
    signing: [{ keyFile: join(own, 'signing.key'), certFile: join(own, 'signing.crt') }],
    api: {
      port: layout.api[isHub ? 'hub' : 'gemeente'],
      keys: [
        {
          name: 'demo',
          sha256: createHash('sha256').update(layout.key).digest('hex'),
          roles: ['application', 'operator'],
        },
      ],
    },
    routes: isHub ? hubRoutes(layout) : [route(layout, 'gemeente', '*', [party.oin, PARTIES.hub.oin])],
    ...(isHub ? { hub: { senders: senders() } } : {}),
    content: { '*': 'refuse' },
    // The demo lets the municipality offer a faulty message, to show that the hub refuses it.
    submit: 'off',
    worker: { poll: '200ms' },
    policy: { allowLocalhost: true },
    // On a machine for trying out a disk that is nearly full says nothing about the gateway.
    disk: { warnPercent: 100, stopPercent: 100 },
  };
  writeFileSync(join(folder, 'gateway.json'), `${JSON.stringify(config, null, 2)}\n`);
}

const lists = (layout: DemoLayout): string[] =>
  ['root', 'domain', 'issuing'].map((name) => join(layout.certs, 'ca', `${name}.crl.pem`));

const senders = () => [
  { partyId: PARTIES.gemeente.oin, zenders: [PARTIES.gemeente.organisatie] },
  { partyId: PARTIES.vecozo.oin, zenders: [PARTIES.vecozo.organisatie, 'VECOZO'] },
  { partyId: PARTIES.cak.oin, zenders: [PARTIES.cak.organisatie] },
];

function hubRoutes(layout: DemoLayout) {
  const { hub, gemeente, vecozo, cak } = PARTIES;
  return [
    route(layout, 'gemeente', 'gemeente', [hub.oin, gemeente.oin]),
    route(layout, 'vecozo', 'aanbieder', [hub.oin, vecozo.oin]),
    route(layout, 'cak', cak.organisatie, [hub.oin, cak.oin]),
  ];
}

function route(
  layout: DemoLayout,
  partner: DemoParty['name'],
  ontvanger: string,
  [from, to]: readonly [string, string],
) {
  const cpaId = layout.cpas.find((cpa) => cpa.parties.includes(partner))?.cpaId;
  return { ontvanger, cpaId, fromPartyId: from, toPartyId: to, service: SERVICE.value, serviceType: SERVICE.type };
}

function writePartner(layout: DemoLayout, party: DemoParty & { name: 'vecozo' | 'cak' }): void {
  const pair = (name: string, what: 'tls' | 'signing') => ({
    keyFile: join(layout.certs, name, `${what}.key`),
    certFile: join(layout.certs, name, `${what}.crt`),
  });
  const json: PartnerJson = {
    name: party.name,
    oin: party.oin,
    applicatie: party.applicatie,
    cpaFiles: layout.cpas.filter((cpa) => cpa.parties.includes(party.name)).map((cpa) => cpa.file),
    caFile: join(layout.certs, 'ca', 'chain.pem'),
    tls: pair(party.name, 'tls'),
    otherTls: pair(STRANGER.name, 'tls'),
    signing: pair(party.name, 'signing'),
    wrongSigning: pair(STRANGER.name, 'signing'),
    port: layout.ports[party.name],
    controlPort: layout.control[party.name],
    respond: true,
  };
  const folder = join(layout.dir, party.name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'partner.json'), `${JSON.stringify(json, null, 2)}\n`);
}
