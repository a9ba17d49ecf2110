// Lays out gateways and partners on disk for the bench, the crash report and the soak: certificates, CPAs, configurations.
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CreatableProfile, createCpa } from '../../adapter/agreement/index.ts';
import { makeDevPki, writeDevPki } from '../certs/index.ts';
import { freePorts } from '../demo/ports.ts';

export interface HarnessParty {
  /** Folder, host name part and name in logs. */
  readonly name: string;
  readonly oin: string;
  /** Code as zender or ontvanger in StUF. */
  readonly organisatie: string;
  /** A gateway of its own, or an end that the harness plays itself. */
  readonly gateway: boolean;
  /** Routes and hub settings of a gateway, and whatever else its configuration needs. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

export interface HarnessCpa {
  readonly cpaId: string;
  readonly parties: readonly [string, string];
  readonly profile: CreatableProfile;
  readonly syncReply: 'none' | 'mshSignalsOnly';
  readonly retries: number;
  /** xs:duration. */
  readonly retryInterval: string;
}

export interface HarnessPlan {
  readonly parties: readonly HarnessParty[];
  readonly cpas: readonly HarnessCpa[];
  /** Two for each party; any free ones when absent. */
  readonly ports?: readonly number[];
}

export interface Place {
  readonly name: string;
  readonly oin: string;
  readonly port: number;
  readonly apiPort: number;
  /** gateway.json of a gateway; key and certificate files lie in `certs`. */
  readonly configFile: string;
  readonly certs: string;
}

export interface Layout {
  readonly dir: string;
  readonly apiKey: string;
  readonly chainFile: string;
  readonly places: Readonly<Record<string, Place>>;
  readonly cpas: readonly { readonly cpaId: string; readonly file: string; readonly parties: readonly string[] }[];
}

export const SERVICE = { value: 'ggk:berichten:1', type: 'urn:osb:services' } as const;
const ACTIONS = ['ggk_Di01', 'ggk_Du01', 'Fo01'] as const;
const DAY_MS = 86_400_000;

/** Where the store of a gateway is. */
export const dataOf = (dir: string, name: string): string => join(dir, name, 'data');

/** Makes everything anew under `dir`; nothing of an earlier run stays. */
export async function layOut(dir: string, plan: HarnessPlan): Promise<Layout> {
  rmSync(dir, { recursive: true, force: true });
  const certs = join(dir, 'certs');
  mkdirSync(join(dir, 'cpa'), { recursive: true });
  const pki = await makeDevPki({ parties: plan.parties.map(({ oin, name }) => ({ oin, name })) });
  await writeDevPki(certs, pki);
  const ports = plan.ports ?? (await freePorts(plan.parties.length * 2));
  const places = Object.fromEntries(
    plan.parties.map((party, index) => {
      const folder = join(dir, party.name);
      mkdirSync(folder, { recursive: true });
      const place: Place = {
        name: party.name,
        oin: party.oin,
        port: ports[index * 2] ?? 0,
        apiPort: ports[index * 2 + 1] ?? 0,
        configFile: join(folder, 'gateway.json'),
        certs: join(certs, party.name),
      };
      return [party.name, place];
    }),
  );
  const cpas = plan.cpas.map((cpa) => {
    const file = join(dir, 'cpa', `${cpa.cpaId}.xml`);
    const party = (name: string) => ({ place: placeOf(places, name), keys: pki.party(name) });
    writeFileSync(file, cpaText(cpa, [party(cpa.parties[0]), party(cpa.parties[1])]));
    return { cpaId: cpa.cpaId, file, parties: cpa.parties };
  });
  const layout: Layout = {
    dir,
    apiKey: randomBytes(24).toString('base64url'),
    chainFile: join(certs, 'ca', 'chain.pem'),
    places,
    cpas,
  };
  for (const party of plan.parties) if (party.gateway) writeConfig(layout, party);
  return layout;
}

export function placeOf(places: Layout['places'], name: string): Place {
  const place = places[name];
  if (place === undefined) throw new Error(`no party ${name} in this layout`);
  return place;
}

interface PartyKeys {
  readonly place: Place;
  readonly keys: {
    readonly tls: { readonly certificatePem: string };
    readonly signing: { readonly certificatePem: string };
  };
}

/** Three actions both ways between two parties. */
export function cpaText(cpa: HarnessCpa, parties: readonly [PartyKeys, PartyKeys]): string {
  const now = Date.now();
  const data = ({ place, keys }: PartyKeys) => ({
    oin: place.oin,
    name: place.name,
    role: place.name,
    endpoint: `https://localhost:${place.port}/ebms`,
    tlsCertificatePem: keys.tls.certificatePem,
    signingCertificatePem: keys.signing.certificatePem,
  });
  const made = createCpa({
    cpaId: cpa.cpaId,
    start: now - 3_600_000,
    end: now + 30 * DAY_MS,
    parties: [data(parties[0]), data(parties[1])],
    exchanges: ([0, 1] as const).flatMap((from) =>
      ACTIONS.map((action) => ({
        from,
        service: SERVICE.value,
        serviceType: SERVICE.type,
        action,
        profile: cpa.profile,
      })),
    ),
    retries: cpa.retries,
    retryInterval: cpa.retryInterval,
    syncReply: cpa.syncReply,
  });
  if (!made.ok) throw new Error(`CPA ${cpa.cpaId}: ${made.error.map((issue) => issue.detail).join('; ')}`);
  return made.value;
}

/** The route by which a gateway sends to a partner. */
export function routeTo(from: HarnessParty, to: HarnessParty, cpaId: string, ontvanger: string) {
  return {
    ontvanger,
    cpaId,
    fromPartyId: from.oin,
    toPartyId: to.oin,
    service: SERVICE.value,
    serviceType: SERVICE.type,
  };
}

function writeConfig(layout: Layout, party: HarnessParty): void {
  const place = placeOf(layout.places, party.name);
  const crlFiles = ['root', 'domain', 'issuing'].map((name) => join(layout.dir, 'certs', 'ca', `${name}.crl.pem`));
  const tls = {
    keyFile: join(place.certs, 'tls.key'),
    certFile: join(place.certs, 'tls.crt'),
    caFiles: [layout.chainFile],
    crlFiles,
  };
  const { endpoint, client, ...rest } = { endpoint: {}, client: {}, ...party.settings };
  const config = {
    mode: 'development',
    name: party.name,
    parties: [party.oin],
    store: `sqlite:${dataOf(layout.dir, party.name)}`,
    messageIdDomain: `${party.name}.proef.test`,
    endpoint: { port: place.port, ...tls, ...(endpoint as object) },
    client: { ...tls, ...(client as object) },
    signing: [{ keyFile: join(place.certs, 'signing.key'), certFile: join(place.certs, 'signing.crt') }],
    api: {
      port: place.apiPort,
      keys: [
        {
          name: 'harnas',
          sha256: createHash('sha256').update(layout.apiKey).digest('hex'),
          roles: ['application', 'operator'],
        },
      ],
    },
    policy: { allowLocalhost: true },
    // On a machine for trying out a disk that is nearly full says nothing about the gateway.
    disk: { warnPercent: 100, stopPercent: 100 },
    ...rest,
  };
  writeFileSync(place.configFile, `${JSON.stringify(config, null, 2)}\n`);
}
