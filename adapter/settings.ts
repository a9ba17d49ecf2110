// What a configuration means to the gateway: the part of its context that is the same as long as the process lives.
import type { Config } from './config/index.ts';
import type { GatewayContext } from './gateway/index.ts';
import type { Route } from './ggk/index.ts';

/** Parts of one MIME body at the most (row 110). */
const MAX_PARTS = 1000;

type Settings = Pick<
  GatewayContext,
  | 'ownOins'
  | 'messageIdDomain'
  | 'signaturePolicy'
  | 'policy'
  | 'limits'
  | 'leaseMs'
  | 'contentPolicy'
  | 'submitPolicy'
  | 'applicationEvents'
  | 'routes'
  | 'hub'
  | 'cpaPolicy'
>;

export function settingsOf(config: Config): Settings {
  return {
    ownOins: config.parties,
    messageIdDomain: config.messageIdDomain,
    signaturePolicy: { allowSha1: config.policy.allowSha1 },
    policy: mshPolicy(config),
    limits: {
      maxMessageBytes: config.endpoint.maxMessageBytes,
      maxEnvelopeBytes: config.endpoint.maxEnvelopeBytes,
      maxParts: MAX_PARTS,
    },
    leaseMs: config.worker.lease,
    contentPolicy: new Map(Object.entries(config.content)),
    submitPolicy: config.submit,
    applicationEvents: config.application.events,
    routes: routesOf(config),
    hub: hubSettings(config),
    cpaPolicy: cpaPolicy(config),
  };
}

function mshPolicy(config: Config): Settings['policy'] {
  return {
    handover: config.hub === undefined ? 'collect' : 'deliver',
    keepIdsMs: config.retention.ids,
    clockToleranceMs: config.retention.clockTolerance,
    peerRequired: config.endpoint.plainHttpPort === undefined,
    mandates: new Map(),
    ownParties: new Set(config.parties),
  };
}

function cpaPolicy(config: Config): Settings['cpaPolicy'] {
  return {
    ownOins: config.parties,
    production: config.mode === 'production',
    allowHttp: config.policy.allowHttp,
    allowLocalhost: config.policy.allowLocalhost,
    allowSha1: config.policy.allowSha1,
  };
}

export const routesOf = ({ routes }: Config): readonly Route[] => routes.map(withoutUndefined);

/** zod writes an absent optional as a possible undefined; ours are absent. */
function withoutUndefined(route: Config['routes'][number]): Route {
  return Object.fromEntries(
    Object.entries(route).filter(([, value]) => value !== undefined),
  ) as Partial<Route> as Route;
}

function hubSettings(config: Config): Settings['hub'] {
  if (config.hub === undefined) return undefined;
  return {
    senders: new Map(config.hub.senders.map(({ partyId, zenders }) => [partyId, zenders])),
    self: { organisatie: config.hub.organisatie, applicatie: config.hub.applicatie },
    codeList: config.hub.codeList,
    unknownCrossRef: config.hub.unknownCrossRef,
    inactive: config.hub.inactive,
    directions: Object.fromEntries(config.hub.directions.map(({ functie, from, to }) => [functie, { from, to }])),
    declaratieAntwoordAs: config.hub.declaratieAntwoordAs,
  };
}
