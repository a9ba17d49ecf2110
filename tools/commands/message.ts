// `dk message`: messages of a running gateway; and the door to `inspect`.
import { Command } from 'commander';
import { STATES } from '../../adapter/msh/index.ts';
import { markBad, print, printJson, printTable, readInput, WrongUse } from '../output.ts';
import { callRest, expectGood, expectJson, expectVerdict, isGood, type RestAnswer, type RestOptions } from '../rest.ts';
import { inspect } from './inspect.ts';

const also = (value: string, before: readonly string[]): readonly string[] => [...before, value];

export function messageCommand(): Command {
  const message = new Command('message').description('berichten bekijken, verzenden en opzoeken');
  message
    .command('inspect <bestand>')
    .description('een opgenomen ebMS-bericht: delen, kop, CPA, handtekening en het antwoord dat de gateway zou geven')
    .option('--cpa <bestand>', 'CPA waaronder het bericht wordt beoordeeld; mag vaker', also, [])
    .option('--content-type <waarde>', 'Content-Type van een bestand zonder HTTP-kop')
    .option(
      '--at <tijdstip>',
      'beoordeel op dit tijdstip, of `now`; anders nu, of bij een oude opname zijn eigen Timestamp',
    )
    .option('--allow-sha1', 'sta rsa-sha1 en sha1 toe, zoals in een ontwikkelomgeving')
    .option('--path <pad>', 'pad van het eindpunt, voor opnamen met een HTTP-kop', '/ebms')
    .option('--json', 'als één JSON-object')
    .addHelpText('after', INSPECTED)
    .action(inspect);
  remote(message.command('list').description('berichten van een gateway'))
    .option('--direction <in|out>', 'ontvangen (in) of verzonden (out)')
    .option('--state <toestanden>', 'door komma’s gescheiden')
    .option('--functie <functie>', 'zoals WMO301')
    .option('--limit <aantal>', 'hoogstens zoveel', '50')
    .action(list);
  remote(
    message.command('show <id>').description('één bericht met zijn tijdlijn; <id> is een id of een MessageId'),
  ).action(show);
  remote(message.command('send <bestand>').description('een StUF-bericht aanbieden aan een gateway'))
    .option('--idempotency-key <sleutel>', 'nogmaals aanbieden met dezelfde sleutel verzendt niet nog eens')
    .action(send);
  for (const { command, description } of COMMANDS) {
    remote(message.command(`${command} <id>`).description(description)).action((id: string, flags: RemoteFlags) =>
      operate(command, id, flags),
    );
  }
  return message;
}

const INSPECTED = `
Een opgenomen HTTP-verzoek wordt van zijn eerste byte af gelezen zoals het eindpunt het leest; een bestand zonder HTTP-kop,
of een opgenomen HTTP-antwoord, zoals de inhoud van een verzoek waaraan niets mankeert. De grenzen zijn die van een
configuratie die ze niet noemt (endpoint.maxMessageBytes, endpoint.maxEnvelopeBytes). Wie er zendt is niet te zien: het
certificaat van de verbinding telt niet mee.
`;

/** What an operator may ask of one message; the gateway says whether its state allows it. */
const COMMANDS = [
  { command: 'retry', description: 'een mislukt bericht nog eens verzenden: dezelfde bytes, binnen TimeToLive' },
  { command: 'resend', description: 'de inhoud van een mislukt bericht als nieuw bericht verzenden' },
  { command: 'cancel', description: 'een bericht dat nog niet is verzonden, niet verzenden' },
  { command: 'redeliver', description: 'een geparkeerd ontvangen bericht nog eens afleveren' },
  { command: 'discard', description: 'een geparkeerd ontvangen bericht niet afleveren' },
] as const;

function remote(command: Command): Command {
  return command
    .option('--url <adres>', 'adres van de REST-ingang (of DK_URL)')
    .option('--key <sleutel>', 'API-sleutel (of DK_KEY)')
    .option('--json', 'als JSON');
}

interface ListFlags extends RestOptions {
  readonly direction?: string;
  readonly state?: string;
  readonly functie?: string;
  readonly limit: string;
  readonly json?: boolean;
}

type RemoteFlags = RestOptions & { readonly json?: boolean };

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
  printMessages(body.messages);
}

/** Room for a MessageId in a line of 120, beside the other columns at their widest. */
const MESSAGE_ID_WIDTH = 59;

/** The record's id is long and says nothing: the MessageId does, and `show` takes it as well. `--json` has both whole. */
function printMessages(messages: readonly MessageView[]): void {
  const withFunctie = messages.some((one) => one.business?.functie !== undefined);
  const functie = (text: string): string[] => (withFunctie ? [text] : []);
  printTable(
    ['richting', 'toestand', ...functie('functie'), 'ontvangen', 'MessageId'],
    messages.map((one) => [
      one.direction,
      one.state,
      ...functie(one.business?.functie ?? ''),
      one.acceptedAt,
      shorten(one.messageId, MESSAGE_ID_WIDTH),
    ]),
  );
}

/** Both ends stay: the one tells messages apart, the other says whose they are. */
export function shorten(text: string, width: number): string {
  if (text.length <= width) return text;
  const tail = Math.floor((width - 1) / 3);
  return `${text.slice(0, width - 1 - tail)}…${text.slice(-tail)}`;
}

/** By id, or by MessageId when no record has that id. */
async function find(id: string, flags: RestOptions): Promise<RestAnswer> {
  const path = (one: string): string => `/api/v1/messages/${encodeURIComponent(one)}`;
  const answer = await callRest(flags, path(id));
  if (answer.status !== 404) return answer;
  const query = new URLSearchParams({ messageId: id });
  const { messages } = expectJson(await callRest(flags, `/api/v1/messages?${query}`)) as { messages: MessageView[] };
  const [first, ...others] = messages;
  if (first === undefined) return answer;
  if (others.length === 0) return callRest(flags, path(first.id));
  const all = messages.map((one) => `${one.direction} ${one.state}: ${one.id}`).join('\n  ');
  throw new WrongUse(`${id} hoort bij ${messages.length} berichten; geef het id van een ervan:\n  ${all}`);
}

async function show(id: string, flags: RemoteFlags): Promise<void> {
  const message = expectJson(await find(id, flags)) as MessageView;
  const path = `/api/v1/messages/${message.id}`;
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
  const answer = expectVerdict(
    await callRest(flags, '/api/v1/messages', {
      method: 'POST',
      contentType: 'application/xml',
      ...(flags.idempotencyKey === undefined ? {} : { headers: { 'idempotency-key': flags.idempotencyKey } }),
      body: await readInput(file),
    }),
  );
  if (flags.json === true) printJson(answer.body);
  else if (isGood(answer)) print(acceptedText(answer.body as MessageView, answer.replayed));
  else printRefusal(answer.status, answer.body);
  if (!isGood(answer)) markBad();
}

const acceptedText = ({ messageId, state }: MessageView, replayed: boolean): string =>
  replayed
    ? `al eerder aangenomen, niet nog eens verzonden: ${messageId} (${state}); met een andere --idempotency-key gaat het nog eens`
    : `aangenomen: ${messageId}`;

async function operate(command: (typeof COMMANDS)[number]['command'], id: string, flags: RemoteFlags): Promise<void> {
  const { id: recordId } = expectJson(await find(id, flags)) as MessageView;
  const answer = await callRest(flags, `/api/v1/messages/${recordId}/commands`, {
    method: 'POST',
    contentType: 'application/json',
    body: JSON.stringify({ command }),
  });
  // 409 is the gateway's verdict on the command.
  if (answer.status !== 409) expectGood(answer);
  const done = answer.body as MessageView;
  if (flags.json === true) printJson(answer.body);
  else if (!isGood(answer)) printRefusal(answer.status, answer.body);
  else if (command !== 'resend') print(`${done.messageId}: ${done.state}`);
  else if (answer.status === 200) print(`was al opnieuw verzonden als ${done.messageId}: ${done.state}`);
  else print(`verzonden als ${done.messageId}`);
  if (!isGood(answer)) markBad();
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
