// `dk cpa`: make a CPA from two parties' data, check one, and manage those of a running gateway.
import { Command } from 'commander';
import { checkCpa, createCpa, judgeCreated, parseCpa } from '../../adapter/agreement/index.ts';
import { formatDateTime, hasError, type Issue, OIN_FORM } from '../../adapter/base/index.ts';
import { markBad, print, printJson, printTable, readInput, readInputs, WrongUse, writeOutput } from '../output.ts';
import { callRest, expectGood, expectJson, expectVerdict, isGood, type RestOptions } from '../rest.ts';
import { instant, readCreateInput } from './cpa-input.ts';

export function cpaCommand(): Command {
  const cpa = new Command('cpa').description('CPA’s maken, controleren en beheren');
  cpa
    .command('create <invoer>')
    .description('maakt een CPA van de gegevens van twee partijen (JSON; --help toont een voorbeeld)')
    .option('--out <bestand>', 'anders op standaarduitvoer')
    .option('--force', 'vervang wat er al staat')
    .option('--json', 'meld het resultaat als JSON')
    .addHelpText('after', `\nVoorbeeld van de invoer:\n${EXAMPLE}`)
    .action(create);
  cpa
    .command('check <bestand...>')
    .description('controleert CPA’s zonder iets te importeren')
    .option('--own <oin>', 'eigen OIN; mag vaker', ownOin, [])
    .option('--production', 'met de eisen van productie')
    .option('--allow-http', 'sta http-adressen toe')
    .option('--allow-localhost', 'sta lokale adressen toe')
    .option('--allow-sha1', 'sta SHA-1 toe')
    .option('--at <tijdstip>', 'beoordeel op dit tijdstip')
    .option('--json', 'één JSON-object per regel')
    .action(check);
  remote(cpa.command('import <bestand...>').description('importeert CPA’s in een gateway: alles of niets per bestand'))
    .option('--replace', 'vervang een CPA met hetzelfde id')
    .option('--dry-run', 'zeg alleen wat er zou gebeuren')
    .action(importCpas);
  remote(cpa.command('list').description('de CPA’s van een gateway')).action(list);
  remote(cpa.command('show <cpaId>').description('een CPA zoals die is opgeslagen')).action(show);
  remote(
    cpa.command('remove <cpaId>').description('verwijdert een CPA; berichten onderweg houden hun afspraken'),
  ).action(remove);
  return cpa;
}

/** One more OIN of ours; whatever stands behind it is a file. */
function ownOin(text: string, before: readonly string[]): readonly string[] {
  if (OIN_FORM.test(text)) return [...before, text];
  throw new WrongUse(`--own: gevonden ${text}; verwacht een OIN van 20 cijfers, eventueel met _O, _T, _A of _OTA`);
}

function remote(command: Command): Command {
  return command
    .option('--url <adres>', 'adres van de REST-ingang (of DK_URL)')
    .option('--key <sleutel>', 'API-sleutel (of DK_KEY)')
    .option('--json', 'als JSON');
}

const EXAMPLE = `{
  "cpaId": "GGK_A_B_1", "start": "2025-01-01T00:00:00Z", "end": "2035-12-31T23:59:59Z",
  "parties": [
    { "oin": "00000001999999910000", "name": "Gemeente", "role": "Gemeente", "endpoint": "https://gemeente.example/ebms",
      "tlsCertificateFile": "certs-dev/gemeente/tls.crt", "signingCertificateFile": "certs-dev/gemeente/signing.crt" },
    { "oin": "00000001999999920000", "name": "Knooppunt", "role": "Knooppunt", "endpoint": "https://hub.example/ebms",
      "tlsCertificateFile": "certs-dev/hub/tls.crt", "signingCertificateFile": "certs-dev/hub/signing.crt" }
  ],
  "exchanges": [{ "from": 0, "service": "ggk:berichten:1", "serviceType": "urn:osb:services", "action": "ggk_Di01", "profile": "osb-rm-s" }],
  "retries": 8, "retryInterval": "PT3H", "syncReply": "none"
}`;

async function create(file: string, flags: { out?: string; force?: boolean; json?: boolean }): Promise<void> {
  const text = (await readInput(file)).toString('utf8');
  const input = readCreateInput(text, file);
  const made = createCpa(input);
  const issues = (made.ok ? judgeCreated(made.value, input, Date.now()) : made.error).map(byFile);
  if (!made.ok || hasError(issues)) {
    if (flags.json === true) printJson({ outcome: 'refused', issues });
    else printIssues(issues);
    return markBad();
  }
  if (flags.out !== undefined) writeOutput(flags.out, made.value, { force: flags.force === true });
  for (const issue of issues) process.stderr.write(`${issueLine(issue)}\n`);
  const xml = flags.out === undefined ? { xml: made.value } : {};
  if (flags.json === true) printJson({ outcome: 'created', file: flags.out ?? null, ...xml, issues });
  else if (flags.out === undefined) process.stdout.write(made.value);
  else print(`geschreven: ${flags.out}`);
}

/** In the input a certificate is the name of a file. */
const byFile = (issue: Issue): Issue => ({
  ...issue,
  where: issue.where.replace(/CertificatePem$/, 'CertificateFile'),
});

interface CheckFlags {
  readonly own: readonly string[];
  readonly production?: boolean;
  readonly allowHttp?: boolean;
  readonly allowLocalhost?: boolean;
  readonly allowSha1?: boolean;
  readonly at?: string;
  readonly json?: boolean;
}

async function check(files: readonly string[], flags: CheckFlags): Promise<void> {
  const json = flags.json === true;
  const policy = {
    ownOins: flags.own,
    now: flags.at === undefined ? Date.now() : instant(flags.at, '--at'),
    production: flags.production === true,
    allowHttp: flags.allowHttp === true,
    allowLocalhost: flags.allowLocalhost === true,
    allowSha1: flags.allowSha1 === true,
    existing: [],
  };
  for await (const { file, bytes } of readInputs(files, { json, nothing: { cpaId: null, valid: false, issues: [] } })) {
    const parsed = parseCpa(bytes);
    const issues = parsed.ok ? [...parsed.value.warnings, ...checkCpa(parsed.value.agreement, policy)] : parsed.error;
    const valid = !hasError(issues);
    const cpaId = parsed.ok ? parsed.value.agreement.cpaId : null;
    if (!valid) markBad();
    if (json) printJson({ file, cpaId, valid, issues });
    else {
      print(`${valid ? '✓' : '✗'} ${file}${cpaId === null ? '' : `: ${cpaId}`}`);
      printIssues(issues);
    }
  }
}

function printIssues(issues: readonly Issue[]): void {
  for (const issue of issues) print(issueLine(issue));
}

function issueLine({ severity, line, where, detail, rule, code }: Issue): string {
  const place = line === undefined ? where : `regel ${line}: ${where}`;
  return `  ${severity === 'Error' ? '✗' : '!'} ${place} — ${detail} [${rule ?? code}]`;
}

interface ImportFlags extends RestOptions {
  readonly replace?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

async function importCpas(files: readonly string[], flags: ImportFlags): Promise<void> {
  const query = new URLSearchParams({ replace: String(flags.replace === true), dryRun: String(flags.dryRun === true) });
  const dryRun = flags.dryRun === true;
  const nothing = { status: null, dryRun };
  for await (const { file, bytes: body } of readInputs(files, { json: flags.json === true, nothing })) {
    const answer = expectVerdict(
      await callRest(flags, `/api/v1/cpas?${query}`, { method: 'POST', contentType: 'application/xml', body }),
    );
    const result = (answer.body ?? {}) as { cpaId?: string; outcome?: string; title?: string; issues?: Issue[] };
    const good = isGood(answer);
    if (!good) markBad();
    if (flags.json === true) printJson({ file, status: answer.status, dryRun, ...result });
    else {
      const said = dryRun ? 'zou worden geïmporteerd; er is niets veranderd' : outcomeWord(result.outcome);
      print(
        `${good ? '✓' : '✗'} ${file}: ${good ? `${result.cpaId ?? ''} ${said}` : (result.title ?? `HTTP ${answer.status}`)}`,
      );
      printIssues(result.issues ?? []);
    }
  }
}

const outcomeWord = (outcome = ''): string =>
  ({ imported: 'geïmporteerd', replaced: 'vervangen', same: 'stond er al, gelijk' })[outcome] ?? outcome;

async function list(flags: RestOptions & { json?: boolean }): Promise<void> {
  const body = expectJson(await callRest(flags, '/api/v1/cpas')) as {
    cpas: { cpaId: string; importedAt: string; importedBy: string }[];
  };
  if (flags.json === true) return printJson(body);
  printTable(
    ['CPAId', 'geïmporteerd', 'door'],
    body.cpas.map((cpa) => [cpa.cpaId, cpa.importedAt, cpa.importedBy]),
  );
}

async function show(cpaId: string, flags: RestOptions & { json?: boolean }): Promise<void> {
  const answer = await callRest(flags, `/api/v1/cpas/${encodeURIComponent(cpaId)}`);
  expectGood(answer);
  if (flags.json !== true) {
    process.stdout.write(answer.bytes);
    return;
  }
  const parsed = parseCpa(answer.bytes);
  if (!parsed.ok) return printJson({ cpaId, issues: parsed.error });
  const { agreement } = parsed.value;
  const parties = agreement.parties.map(({ name, partyIds, bindings }) => ({
    name,
    partyIds,
    actions: bindings.map((one) => `${one.direction} ${one.action}`),
  }));
  printJson({
    cpaId,
    status: agreement.status,
    start: formatDateTime(agreement.start),
    end: formatDateTime(agreement.end),
    parties,
  });
}

async function remove(cpaId: string, flags: RestOptions & { json?: boolean }): Promise<void> {
  const answer = await callRest(flags, `/api/v1/cpas/${encodeURIComponent(cpaId)}`, { method: 'DELETE' });
  expectGood(answer);
  if (flags.json === true) printJson({ cpaId, removed: true });
  else print(`verwijderd: ${cpaId}`);
}
