// Judges a StUF document: envelope, parties, payload against its XSD, route; the hub's and the submitting side's one code.
import type { Result } from '../base/index.ts';
import {
  type ContentVerdict,
  checkEnvelope,
  chooseRoute,
  type EnvelopeFacts,
  type MessageType,
  messageType,
  type OperatorRules,
  type OwnRole,
  type PayloadMode,
  type Route,
} from '../ggk/index.ts';
import {
  MAX_ENVELOPE_BYTES,
  type StufEnvelope,
  type StufMessage,
  type StufPeek,
  type StufProblem,
  type StufReading,
} from '../stuf/index.ts';
import type { SchemaVerdict } from '../xsd/index.ts';
import { whyNotCarried } from './carry.ts';
import { contentPolicyFor, type GatewayContext } from './context.ts';

/** Of a gateway that is no hub. */
const END_POINT: OperatorRules = {
  unknownCrossRef: 'off',
  declaratieAntwoordAs: 'either',
  inactive: [],
  directions: {},
};

export interface Judged {
  readonly read: Result<StufMessage, StufProblem>;
  readonly peek: StufPeek | undefined;
  readonly verdict: ContentVerdict;
  readonly route: Route | undefined;
  /** Why the agreement of the route does not carry it now; undefined when it does, or when that was not asked. */
  readonly notCarried: string | undefined;
  /** The XSD verdict on the payload, when there is a schema and the stream is checked. */
  readonly payload: SchemaVerdict | undefined;
}

/** A StUF document as it was read, and how many octets it had; they need not be in memory any longer. */
export interface ReadContent {
  readonly size: number;
  readonly reading: StufReading;
}

export interface JudgeOptions {
  readonly role: OwnRole;
  /** Organisaties the sending party may speak for; undefined when that is not administered (row 64). */
  readonly allowedZenders: readonly string[] | undefined;
  /** Content check of every stream; the configured one per stream when absent. */
  readonly payloadMode?: PayloadMode;
  readonly usedBefore?: boolean;
  readonly parts?: EnvelopeFacts['parts'];
  readonly answered?: EnvelopeFacts['answered'];
}

/** Nothing is stored or sent. Of a large document the payload is used up: its octets go to the worker that validates them. */
export async function judgeContent(
  { size, reading: result }: ReadContent,
  options: JudgeOptions,
  context: GatewayContext,
): Promise<Judged> {
  const peek = result.ok ? undefined : result.peek;
  const route = result.ok ? routeFor(result.value, context) : undefined;
  const notCarried = result.ok ? await notCarriedBy(route, result.value, options, context) : undefined;
  const mode = (type: MessageType): PayloadMode =>
    options.payloadMode ?? contentPolicyFor(context, type.products[0] ?? '*');
  const payload = result.ok ? await validatePayload(result.value, mode, context) : undefined;
  const facts: EnvelopeFacts = {
    size,
    read: result,
    ...(peek === undefined ? {} : { peek }),
    ...(options.parts === undefined ? {} : { parts: options.parts }),
    ...(options.usedBefore === undefined ? {} : { usedBefore: options.usedBefore }),
    ...(options.answered === undefined ? {} : { answered: options.answered }),
    ...(options.allowedZenders === undefined ? {} : { allowedZenders: options.allowedZenders }),
    route: route === undefined ? 'noRoute' : notCarried === undefined ? 'found' : 'noCpa',
    ...payloadFacts(payload),
  };
  const verdict = checkEnvelope(facts, {
    role: options.role,
    codes: context.hub?.codeList ?? 'L25',
    maxBytes: MAX_ENVELOPE_BYTES,
    payload: mode,
    ...(context.hub ?? END_POINT),
  });
  return { read: result, peek, verdict, route, notCarried, payload: payload === 'noSchema' ? undefined : payload };
}

/** Asked at a hub only: what an application submits may be in the store already, whatever has become of its CPA (row 57). */
async function notCarriedBy(
  route: Route | undefined,
  { kind }: StufMessage,
  { role }: JudgeOptions,
  context: GatewayContext,
): Promise<string | undefined> {
  return route === undefined || role !== 'hub' ? undefined : whyNotCarried(route, kind, context);
}

function payloadFacts(
  payload: SchemaVerdict | 'noSchema' | undefined,
): Pick<EnvelopeFacts, 'payloadXsd' | 'payloadFirst' | 'payloadHeader' | 'payloadEncoding'> {
  if (payload === undefined) return {};
  if (payload === 'noSchema') return { payloadXsd: payload };
  const { issues, header, encoding } = payload;
  const [first] = issues;
  return {
    payloadXsd: issues.length,
    ...(first === undefined ? {} : { payloadFirst: first }),
    payloadHeader: header,
    ...(encoding === undefined ? {} : { payloadEncoding: encoding }),
  };
}

function isXmlEnvelope(message: StufMessage): message is StufEnvelope {
  return 'payload' in message && message.payload.kind === 'xmlBestand';
}

/**
 * Undefined when there is nothing to validate: a fault, a text file, a stream that is not checked, or a message type of which
 * no schema is known at all. A version that nobody can check is no way around the check (row 156).
 */
async function validatePayload(
  message: StufMessage,
  mode: (type: MessageType) => PayloadMode,
  context: GatewayContext,
): Promise<SchemaVerdict | 'noSchema' | undefined> {
  if (!isXmlEnvelope(message)) return undefined;
  const functie = message.stuurgegevens.functie ?? '';
  const type = messageType(functie);
  if (type === undefined || mode(type) === 'off') return undefined;
  const { functieVersie, functieSubversie } = message.parameters;
  const entry = context.validator.forFunctie(functie, functieVersie, functieSubversie);
  if (entry === undefined) return type.grade === 'envelope' ? undefined : 'noSchema';
  return context.validator.validate(message.payload.bytes, entry.id, 'last');
}

/** The agreement that carries this message to its ontvanger. */
export function routeFor(message: StufMessage, context: GatewayContext): Route | undefined {
  const { functie, ontvanger } = message.stuurgegevens;
  return chooseRoute(context.routes, {
    kind: message.kind,
    ...(functie === undefined ? {} : { functie }),
    ontvanger: ontvanger.organisatie ?? '',
  });
}
