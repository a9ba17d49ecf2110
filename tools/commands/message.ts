// `dk message`: what is in a recorded message and how it would be answered; and messages of a running gateway.
import { Command } from 'commander';
import { type Agreement, parseCpa } from '../../adapter/agreement/index.ts';
import { parseDateTime } from '../../adapter/base/index.ts';
import { type Inspection, inspectMessage } from '../../adapter/gateway/index.ts';
import { STATES } from '../../adapter/msh/index.ts';
import { entityOf, type HttpFile, readHttpFile } from '../http-file.ts';
import { markBad, print, printJson, printTable, readInput, WrongUse } from '../output.ts';
import { callRest, expectJson, type RestOptions } from '../rest.ts';

interface InspectFlags {
  readonly cpa: readonly string[];
  readonly contentType?: string;
  readonly at?: string;
  readonly allowSha1?: boolean;
  readonly path: string;
  readonly json?: boolean;
}

export function messageCommand(): Command {
  const message = new Command('message').description('berichten bekijken, verzenden en opzoeken');
  message
    .command('inspect <bestand>')
    .description('een opgenomen ebMS-bericht: delen, kop, CPA, handtekening en het antwoord dat de gateway zou geven')
    .option('--cpa <bestand...>', 'CPA(’s) waaronder het bericht wordt beoordeeld', [])
    .option('--content-type <waarde>', 'Content-Type van een bestand zonder HTTP-kop')
    .option(
      '--at <tijdstip>',
      'beoordeel op dit tijdstip, of `now`; anders nu, of bij een oude opname zijn eigen Timestamp',
    )
    .option('--allow-sha1', 'sta rsa-sha1 en sha1 toe, zoals in een ontwikkelomgeving')
    .option('--path <pad>', 'pad van het eindpunt, voor opnamen met een HTTP-kop', '/ebms')
    .option('--json', 'als één JSON-object')
    .action(inspect);
  remote(message.command('list').description('berichten van een gateway'))
    .option('--direction <in|out>', 'ontvangen (in) of verzonden (out)')
    .option('--state <toestanden>', 'door komma’s gescheiden')
    .option('--functie <functie>', 'zoals WMO301')
    .option('--limit <aantal>', 'hoogstens zoveel', '50')
    .action(list);
  remote(message.command('show <id>').description('één bericht met zijn tijdlijn')).action(show);
  remote(message.command('send <bestand>').description('een StUF-bericht aanbieden aan een gateway'))
    .option('--idempotency-key <sleutel>', 'nogmaals aanbieden met dezelfde sleutel verzendt niet nog eens')
    .action(send);
  return message;
}

function remote(command: Command): Command {
  return command
    .option('--url <adres>', 'adres van de REST-ingang (of DK_URL)')
    .option('--key <sleutel>', 'API-sleutel (of DK_KEY)')
    .option('--json', 'als JSON');
}

async function inspect(file: string, flags: InspectFlags): Promise<void> {
  const recorded = readHttpFile(await readInput(file));
  const agreements = await Promise.all(flags.cpa.map(readCpa));
  const atDoor = refusedAtDoor(recorded, flags.path);
  const { inspection, judgedAt } = atDoor ?? (await judge(recorded, agreements, flags));
  const view = inspectionView(file, inspection, judgedAt);
  if (flags.json === true) printJson(view);
  else printInspection(view);
  if (inspection.issues.some((issue) => issue.severity === 'Error')) markBad();
}

async function readCpa(file: string): Promise<Agreement> {
  const parsed = parseCpa(await readInput(file));
  if (parsed.ok) return parsed.value.agreement;
  const first = parsed.error[0];
  throw new WrongUse(`${file}: geen bruikbare CPA; regel ${first?.line ?? '?'}: ${first?.detail ?? ''}`);
}

interface Judged {
  readonly inspection: Inspection;
  readonly judgedAt?: number;
}

/** What the server answers before any body is read: another method or path. */
function refusedAtDoor(file: HttpFile, path: string): Judged | undefined {
  const refuse = (status: number, detail: string): Judged => ({
    inspection: {
      kind: 'unreadable',
      parts: [],
      signature: { kind: 'absent' },
      issues: [{ code: `HTTP ${status}`, severity: 'Error', where: 'HTTP', detail, rule: 'R139' }],
      answer: { kind: 'none', code: String(status) },
    },
  });
  if (file.path !== undefined && file.path.split('?')[0] !== path) return refuse(404, `pad anders dan ${path}`);
  if (file.method !== undefined && file.method !== 'POST') return refuse(405, 'verwacht wordt POST');
  return undefined;
}

/** A recording older than this is judged at its own Timestamp, so that its TimeToLive still means something. */
const FRESH_MS = 2 * 3600 * 1000;

async function judge(file: HttpFile, agreements: readonly Agreement[], flags: InspectFlags): Promise<Judged> {
  const now = Date.now();
  const run = (at: number) =>
    inspectMessage(entityOf(file, flags.contentType), {
      agreements,
      now: at,
      policy: {
        handover: 'collect',
        keepIdsMs: 0,
        clockToleranceMs: 0,
        peerRequired: false,
        mandates: new Map(),
        ownParties: new Set(agreements.flatMap((a) => a.parties.flatMap((p) => p.partyIds.map((id) => id.value)))),
      },
      limits: { maxMessageBytes: 64 * 1024 * 1024, maxEnvelopeBytes: 4 * 1024 * 1024, maxParts: 1000 },
      allowSha1: flags.allowSha1 === true,
      signerTrust: () => undefined,
    });
  if (flags.at !== undefined && flags.at !== 'now') {
    const at = parseDateTime(flags.at);
    if (at === undefined) throw new WrongUse('--at: verwacht een tijdstip zoals 2030-01-31T12:00:00Z, of now');
    return { inspection: await run(at.instant), judgedAt: at.instant };
  }
  const first = await run(now);
  const stamped = first.header?.timestamp.instant;
  if (flags.at === 'now' || stamped === undefined || Math.abs(now - stamped) <= FRESH_MS) {
    return { inspection: first, judgedAt: now };
  }
  return { inspection: await run(stamped), judgedAt: stamped };
}

type InspectionView = ReturnType<typeof inspectionView>;

function inspectionView(file: string, inspection: Inspection, judgedAt: number | undefined) {
  const { signature } = inspection;
  return {
    file,
    kind: inspection.kind,
    header: inspection.header ?? null,
    parts: inspection.parts.map(({ contentId, contentType, blob }) => ({
      contentId,
      contentType,
      bytes: blob.bytes,
      sha256: blob.sha256,
    })),
    signature: {
      verdict: signature.kind,
      ...(signature.kind === 'invalid' ? { reason: signature.reason } : {}),
      references: signature.kind === 'absent' ? [] : signature.references.map(({ uri, verdict }) => ({ uri, verdict })),
    },
    issues: inspection.issues.map(({ code, severity, where, rule, detail, hint }) => ({
      code,
      severity,
      location: where,
      rule: rule ?? '',
      message: detail,
      ...(hint === undefined ? {} : { hint }),
    })),
    answer: inspection.answer,
    ...(judgedAt === undefined ? {} : { judgedAt: new Date(judgedAt).toISOString() }),
  };
}

function printInspection(view: InspectionView): void {
  print(`${view.file}: ${view.kind}`);
  if (view.header !== null) {
    const { header } = view;
    print(
      `  van      ${header.from.partyIds.map((id) => id.value).join(', ')}${header.from.role === undefined ? '' : ` (${header.from.role})`}`,
    );
    print(
      `  naar     ${header.to.partyIds.map((id) => id.value).join(', ')}${header.to.role === undefined ? '' : ` (${header.to.role})`}`,
    );
    print(`  CPA      ${header.cpaId}`);
    print(`  dienst   ${header.service.value} / ${header.action}`);
    print(
      `  bericht  ${header.messageId}${header.refToMessageId === undefined ? '' : ` over ${header.refToMessageId}`}`,
    );
    print(`  gesprek  ${header.conversationId}`);
  }
  for (const part of view.parts)
    print(`  deel     ${part.contentId || '(SOAP)'} ${part.contentType} ${part.bytes} bytes`);
  print(
    `  handtekening: ${signatureWord(view.signature.verdict)}${view.signature.reason === undefined ? '' : ` — ${view.signature.reason}`}`,
  );
  for (const reference of view.signature.references)
    print(`    ${reference.uri === '' ? '(envelop)' : reference.uri}: ${reference.verdict}`);
  for (const issue of view.issues)
    print(
      `  ${issue.severity === 'Error' ? '✗' : '!'} ${issue.code} ${issue.location} — ${issue.message}${issue.hint === undefined ? '' : ` (${issue.hint})`} [${issue.rule}]`,
    );
  print(`  antwoord: ${view.answer.kind}${view.answer.code === '' ? '' : ` (${view.answer.code})`}`);
  if (view.judgedAt !== undefined) print(`  beoordeeld op ${view.judgedAt}`);
}

const signatureWord = (verdict: string): string =>
  ({ absent: 'geen', valid: 'klopt', invalid: 'klopt niet' })[verdict] ?? verdict;

interface ListFlags extends RestOptions {
  readonly direction?: string;
  readonly state?: string;
  readonly functie?: string;
  readonly limit: string;
  readonly json?: boolean;
}

interface MessageView {
  readonly id: string;
  readonly direction: string;
  readonly state: string;
  readonly messageId: string;
  readonly acceptedAt: string;
  readonly problem?: string;
  readonly business?: { readonly functie?: string };
}

function checkListFlags({ direction, state, limit }: ListFlags): void {
  if (direction !== undefined && direction !== 'in' && direction !== 'out')
    throw new WrongUse(`--direction ${direction}: verwacht in of out`);
  const known: readonly string[] = STATES;
  const strange = state?.split(',').find((one) => !known.includes(one));
  if (strange !== undefined) throw new WrongUse(`--state ${strange}: verwacht een of meer van ${known.join(', ')}`);
  if (!/^\d+$/.test(limit) || Number(limit) < 1 || Number(limit) > 1000)
    throw new WrongUse(`--limit ${limit}: verwacht een geheel getal van 1 tot en met 1000`);
}

async function list(flags: ListFlags): Promise<void> {
  checkListFlags(flags);
  const query = new URLSearchParams({ limit: flags.limit });
  for (const name of ['direction', 'state', 'functie'] as const) {
    const value = flags[name];
    if (value !== undefined) query.set(name, value);
  }
  const body = expectJson(await callRest(flags, `/api/v1/messages?${query}`)) as { messages: MessageView[] };
  if (flags.json === true) return printJson(body);
  printTable(
    ['id', 'richting', 'toestand', 'functie', 'ontvangen', 'MessageId'],
    body.messages.map((m) => [m.id, m.direction, m.state, m.business?.functie ?? '', m.acceptedAt, m.messageId]),
  );
}

async function show(id: string, flags: RestOptions & { json?: boolean }): Promise<void> {
  const path = `/api/v1/messages/${encodeURIComponent(id)}`;
  const message = expectJson(await callRest(flags, path)) as MessageView;
  const journal = expectJson(await callRest(flags, `${path}/journal`)) as {
    entries: { at: string; event: string; state: string; detail?: string; rules?: string[] }[];
  };
  if (flags.json === true) return printJson({ message, journal: journal.entries });
  print(
    `${message.messageId}  ${message.direction}  ${message.state}${message.problem === undefined ? '' : `  — ${message.problem}`}`,
  );
  for (const entry of journal.entries) {
    const rules = entry.rules === undefined || entry.rules.length === 0 ? '' : ` [${entry.rules.join(', ')}]`;
    print(
      `  ${entry.at}  ${entry.state.padEnd(12)} ${entry.event}${entry.detail === undefined ? '' : `: ${entry.detail}`}${rules}`,
    );
  }
}

async function send(file: string, flags: RestOptions & { idempotencyKey?: string; json?: boolean }): Promise<void> {
  const answer = await callRest(flags, '/api/v1/messages', {
    method: 'POST',
    contentType: 'application/xml',
    ...(flags.idempotencyKey === undefined ? {} : { headers: { 'idempotency-key': flags.idempotencyKey } }),
    body: await readInput(file),
  });
  if (flags.json === true) printJson(answer.body);
  else if (answer.status === 202) print(`aangenomen: ${(answer.body as MessageView).id}`);
  else printRefusal(answer.status, answer.body);
  if (answer.status !== 202) markBad();
}

function printRefusal(status: number, body: unknown): void {
  const problem = (body ?? {}) as {
    title?: string;
    detail?: string;
    issues?: { where: string; detail: string; line?: number }[];
  };
  print(`HTTP ${status}: ${problem.title ?? ''}${problem.detail === undefined ? '' : ` — ${problem.detail}`}`);
  for (const issue of problem.issues ?? [])
    print(`  ${issue.line === undefined ? '' : `regel ${issue.line}: `}${issue.where} — ${issue.detail}`);
}
