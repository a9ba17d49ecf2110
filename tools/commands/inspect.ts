// `dk message inspect`: what is in a recorded message, and how the gateway would answer it.
import { type Agreement, checkCpa, parseCpa } from '../../adapter/agreement/index.ts';
import { type Issue, parseDateTime } from '../../adapter/base/index.ts';
import { type HttpFile, readHttpFile } from '../http-file.ts';
import { inspectRequest, type RequestInspection } from '../inspect-request.ts';
import { markBad, print, printJson, readInput, WrongUse } from '../output.ts';

interface InspectFlags {
  readonly cpa: readonly string[];
  readonly contentType?: string;
  readonly at?: string;
  readonly allowSha1?: boolean;
  readonly path: string;
  readonly json?: boolean;
}

export async function inspect(file: string, flags: InspectFlags): Promise<void> {
  const recorded = readHttpFile(await readInput(file));
  const agreements = await Promise.all(flags.cpa.map(readCpa));
  const { inspection, judgedAt } = await judge(recorded, agreements, flags);
  const view = inspectionView(file, inspection, judgedAt);
  if (flags.json === true) printJson(view);
  else printInspection(view);
  if (inspection.issues.some((issue) => issue.severity === 'Error')) markBad();
}

async function readCpa(file: string): Promise<Agreement> {
  const parsed = parseCpa(await readInput(file));
  const found = parsed.ok ? withoutWays(parsed.value.agreement) : parsed.error[0];
  if (parsed.ok && found === undefined) return parsed.value.agreement;
  throw new WrongUse(`${file}: geen bruikbare CPA; regel ${found?.line ?? '?'}: ${found?.detail ?? ''}`);
}

/** Whatever else is odd in a CPA, messages can be judged under it; without ways to send and answer no gateway has it (V11). */
function withoutWays(agreement: Agreement): Issue | undefined {
  const tolerant = { production: false, allowHttp: true, allowLocalhost: true, allowSha1: true };
  const issues = checkCpa(agreement, { ...tolerant, ownOins: [], now: Date.now(), existing: [] });
  return issues.find(({ rule, severity }) => rule === 'V11' && severity === 'Error');
}

interface Judged {
  readonly inspection: RequestInspection;
  readonly judgedAt: number;
}

/** A recording older than this is judged at its own Timestamp, so that its TimeToLive still means something. */
const FRESH_MS = 2 * 3600 * 1000;

async function judge(file: HttpFile, agreements: readonly Agreement[], flags: InspectFlags): Promise<Judged> {
  const now = Date.now();
  const run = (at: number) =>
    inspectRequest(file, {
      agreements,
      now: at,
      ownParties: new Set(agreements.flatMap((a) => a.parties.flatMap((p) => p.partyIds.map((id) => id.value)))),
      allowSha1: flags.allowSha1 === true,
      path: flags.path,
      contentType: flags.contentType,
    });
  if (flags.at !== undefined && flags.at !== 'now') {
    const at = parseDateTime(flags.at);
    if (at === undefined) throw new WrongUse('--at: verwacht een tijdstip zoals 2030-01-31T12:00:00Z, of now');
    return { inspection: await run(at.instant), judgedAt: at.instant };
  }
  const first = await run(now);
  const stamped = first.header?.timestamp.instant;
  if (flags.at === 'now' || stamped === undefined || now - stamped <= FRESH_MS) {
    return { inspection: first, judgedAt: now };
  }
  return { inspection: await run(stamped), judgedAt: stamped };
}

type InspectionView = ReturnType<typeof inspectionView>;

function inspectionView(file: string, inspection: RequestInspection, judgedAt: number) {
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
    status: inspection.status ?? null,
    judgedAt: new Date(judgedAt).toISOString(),
  };
}

function printInspection(view: InspectionView): void {
  print(`${view.file}: ${KINDS[view.kind]}`);
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
  for (const [index, part] of view.parts.entries())
    print(
      `  deel     ${index === 0 ? 'SOAP ' : ''}${part.contentId || '(zonder Content-ID)'} ${part.contentType} ${part.bytes} bytes`,
    );
  print(
    `  handtekening: ${SIGNATURES[view.signature.verdict]}${view.signature.reason === undefined ? '' : ` — ${view.signature.reason}`}`,
  );
  for (const reference of view.signature.references)
    print(`    ${reference.uri === '' ? '(envelop)' : reference.uri}: ${REFERENCES[reference.verdict]}`);
  for (const issue of view.issues)
    print(
      `  ${issue.severity === 'Error' ? '✗' : '!'} ${issue.code} ${issue.location} — ${issue.message}${issue.hint === undefined ? '' : ` (${issue.hint})`} [${issue.rule}]`,
    );
  print(`  antwoord: ${answerText(view)}`);
  print(`  beoordeeld op ${view.judgedAt}`);
}

function answerText({ answer: { kind, code }, status }: InspectionView): string {
  const word = ANSWERS[kind];
  const http = status === null || code === String(status) ? '' : `, HTTP ${status}`;
  return `${word}${code === '' || code === word ? '' : ` (${code})`}${http}`;
}

/** The standard's own names stay as they are. */
const KINDS: Readonly<Record<InspectionView['kind'], string>> = {
  business: 'bericht',
  acknowledgment: 'Acknowledgment',
  error: 'MessageError',
  ping: 'Ping',
  pong: 'Pong',
  statusRequest: 'StatusRequest',
  statusResponse: 'StatusResponse',
  unknownSignal: 'onbekend signaal',
  unreadable: 'onleesbaar',
};

const ANSWERS: Readonly<Record<InspectionView['answer']['kind'], string>> = {
  acknowledgment: 'Acknowledgment',
  error: 'MessageError',
  fault: 'SOAP Fault',
  pong: 'Pong',
  status: 'StatusResponse',
  none: 'geen',
};

const SIGNATURES: Readonly<Record<InspectionView['signature']['verdict'], string>> = {
  absent: 'geen',
  valid: 'klopt',
  invalid: 'klopt niet',
};

const REFERENCES: Readonly<Record<InspectionView['signature']['references'][number]['verdict'], string>> = {
  valid: 'klopt',
  digestMismatch: 'klopt niet (digest)',
  notResolved: 'niet gevonden',
  notAllowed: 'niet toegestaan',
  tooLarge: 'te groot om te canonicaliseren: hooguit 1 MB per deel, 2 MB samen',
  notJudged: 'niet beoordeeld, want SignatureValue klopt niet',
};
