// Use case: an application offers a StUF document: checked, routed and stored before it is told that we have it (row 157).
import type { Issue } from '../base/index.ts';
import { businessData, type Route } from '../ggk/index.ts';
import { fitsId, MAX_ID, type MessageRecord } from '../msh/index.ts';
import type { StufMessage } from '../stuf/index.ts';
import { sha256Hex, stage } from './blob.ts';
import { exchangeOf } from './carry.ts';
import { type Judged, judgeContent } from './content.ts';
import type { GatewayContext } from './context.ts';
import { derivedUuid, hearsOf, submitMessage } from './submit.ts';

export interface SubmitDocument {
  readonly stuf: Uint8Array;
  readonly conversationId?: string;
  readonly refToMessageId?: string;
}

export interface Submitter {
  readonly client: string;
  /** The caller's idempotency key; its referentienummer when absent. */
  readonly key?: string;
}

export type SubmitOutcome =
  | { readonly kind: 'accepted'; readonly record: MessageRecord; readonly created: boolean }
  /** The key was used before for something else (row 57). */
  | { readonly kind: 'conflict' }
  | { readonly kind: 'refused'; readonly code: string; readonly issues: readonly Issue[] };

/** Reads the JSON form: `{ "stuf": "<base64>", "conversationId"?, "refToMessageId"? }`. */
export function documentFromJson(bytes: Uint8Array): SubmitDocument | { detail: string } {
  let body: unknown;
  try {
    body = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return { detail: 'De inhoud is geen geldige JSON.' };
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return { detail: 'De inhoud is geen JSON-object; verwacht een object met stuf.' };
  const { stuf, ...given } = body as Readonly<Record<string, unknown>>;
  if (typeof stuf !== 'string') {
    const found = stuf === undefined ? 'ontbreekt' : `gevonden ${typeof stuf}`;
    return { detail: `stuf: ${found}; verwacht het StUF-bericht als base64.` };
  }
  if (!BASE64.test(stuf))
    return { detail: 'stuf: gevonden tekens die geen base64 zijn; verwacht het StUF-bericht als base64.' };
  const unknown = Object.keys(given).find((name) => !IDS.some((one) => one === name));
  if (unknown !== undefined)
    return { detail: `${unknown.slice(0, MAX_ID)}: onbekend; verwacht stuf, ${IDS.join(' of ')}.` };
  const ids: { conversationId?: string; refToMessageId?: string } = {};
  for (const name of IDS) {
    const value = given[name] ?? '';
    if (typeof value !== 'string') return { detail: `${name}: gevonden ${typeof value}; verwacht tekst.` };
    if (value !== '') ids[name] = value;
  }
  return { stuf: Buffer.from(stuf, 'base64'), ...ids };
}

const BASE64 = /^[A-Za-z0-9+/=\s]*$/;
const IDS = ['conversationId', 'refToMessageId'] as const;

/** They stand in the header of our message: a partner refuses what is no identifier. */
const idIssues = (document: SubmitDocument): readonly Issue[] =>
  IDS.filter((name) => !fitsId(document[name] ?? '')).map((name) => ({
    code: 'id-invalid',
    severity: 'Error',
    where: name,
    detail: `gevonden ${document[name]?.length} tekens; verwacht ten hoogste ${MAX_ID}, zonder stuurtekens`,
    rule: 'R33',
  }));

export async function submitDocument(
  document: SubmitDocument,
  submitter: Submitter,
  context: GatewayContext,
): Promise<SubmitOutcome> {
  const ids = idIssues(document);
  if (ids.length > 0) return refused('id-invalid', ids);
  const judged = await judgeContent(
    { size: document.stuf.length, reading: await context.validator.readStuf(document.stuf) },
    { role: 'gemeente', allowedZenders: undefined, payloadMode: context.submitPolicy },
    context,
  );
  if (!judged.read.ok) return refused('stuf-invalid', stufIssue(judged));
  if (judged.route === undefined) return refused('no-route', noRoute);
  if (judged.verdict.kind === 'refuse' && context.submitPolicy === 'refuse') {
    return refused('content-invalid', contentIssues(judged));
  }
  return submit({ message: judged.read.value, route: judged.route }, document, submitter, context);
}

async function submit(
  { message, route }: { readonly message: StufMessage; readonly route: Route },
  document: SubmitDocument,
  submitter: Submitter,
  context: GatewayContext,
): Promise<SubmitOutcome> {
  const business = businessData(message);
  const key = submitter.key ?? business.referentienummer;
  // As JSON, because either may hold any separator.
  const uuid = derivedUuid(`submit|${JSON.stringify([submitter.client, key])}`);
  // Hashed once, for the request and for the store.
  const staged = stage(document.stuf);
  const requestSha256 = digestOf(document, staged.sha256);
  const result = await submitMessage(
    {
      ...exchangeOf(route, message.kind),
      uuid,
      ...(document.conversationId === undefined ? {} : { conversationId: document.conversationId }),
      ...(document.refToMessageId === undefined ? {} : { refToMessageId: document.refToMessageId }),
      contents: [
        {
          contentId: `stuf-${uuid}@${context.messageIdDomain}`,
          contentType: 'application/xml',
          content: staged,
        },
      ],
      business,
      submittedBy: {
        client: submitter.client,
        requestSha256,
        ...hearsOf(context),
      },
    },
    context,
  );
  if (!result.ok) return refused('agreement', agreementIssues(result.error, route));
  const { record, created } = result.value;
  if (record.submittedBy?.requestSha256 !== requestSha256) return { kind: 'conflict' };
  if (created) context.observer.emit('message.submitted', { messageId: record.messageId, cpaId: record.cpaId });
  return { kind: 'accepted', record, created };
}

/** All that was asked, so that another wish under the same key is a conflict (row 57). */
function digestOf({ conversationId, refToMessageId }: SubmitDocument, content: string): string {
  return conversationId === undefined && refToMessageId === undefined
    ? content
    : sha256Hex(Buffer.from(JSON.stringify([content, conversationId ?? '', refToMessageId ?? ''])));
}

const refused = (code: string, issues: readonly Issue[]): SubmitOutcome => ({ kind: 'refused', code, issues });

function stufIssue({ read }: Judged): Issue[] {
  if (read.ok) return [];
  const { kind, where, detail, line } = read.error;
  return [
    {
      code: `stuf.${kind}`,
      severity: 'Error',
      where,
      detail,
      rule: 'row 155',
      ...(line === undefined ? {} : { line }),
    },
  ];
}

const noRoute: readonly Issue[] = [
  {
    code: 'no-route',
    severity: 'Error',
    where: 'stuurgegevens/ontvanger',
    detail: 'voor deze functie en ontvanger is geen route naar een CPA ingesteld',
    rule: 'IB102',
  },
];

/** Why a CPA cannot carry a message, by the rule that says so. */
const NOT_CARRIED: Readonly<Record<string, string>> = {
  R29: 'is hier niet geïmporteerd',
  C5: 'is voorgesteld, nog niet overeengekomen',
  C6: 'geldt nog niet of niet meer',
  C8: 'is niet van de partijen van de route',
  C10: 'kent de rollen van de route niet voor deze action',
  R32: 'kent deze service en action niet in deze richting',
  R64: 'vraagt versleuteling, die deze versie niet kan maken',
  V11: 'noemt geen adres voor deze berichten',
};

/** Which CPA it is about, in the words of the application; the agreement's own place is in a header that it never sees. */
const agreementIssues = (issues: readonly Issue[], { cpaId }: Route): Issue[] =>
  issues.map((issue) => ({
    code: issue.code,
    severity: issue.severity,
    where: 'stuurgegevens/ontvanger',
    detail: `de route van dit bericht gaat over CPA ${cpaId}; die ${NOT_CARRIED[issue.rule ?? ''] ?? `is niet bruikbaar: ${issue.detail}`}`,
    ...(issue.rule === undefined ? {} : { rule: issue.rule }),
  }));

/** The findings of the XSD first: they say what to mend; then the verdict on the envelope. */
function contentIssues({ payload, verdict }: Judged): Issue[] {
  const schema = (payload?.issues ?? []).map(
    (issue): Issue => ({
      code: `xsd.${issue.code}`,
      severity: 'Error',
      where: issue.path,
      detail: issue.message,
      line: issue.line,
      rule: 'row 157',
    }),
  );
  if (schema.length > 0 || verdict.kind !== 'refuse') return schema;
  const { finding } = verdict;
  return [
    { code: finding.code, severity: 'Error', where: finding.where ?? 'stuurgegevens', detail: finding.omschrijving },
  ];
}
