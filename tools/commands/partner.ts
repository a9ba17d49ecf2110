// `dk partner`: runs one simulated partner until it is stopped.
import { Command } from 'commander';
import { print, printJson, WrongUse } from '../output.ts';
import { BEHAVIOURS, createControl, createPartner, type PartnerJson, readPartner } from '../partner/index.ts';

interface PartnerFlags {
  readonly as: string;
  readonly config?: string;
  readonly misbehave: readonly string[];
  readonly json?: boolean;
}

export function partnerCommand(): Command {
  const names = Object.entries(BEHAVIOURS).map(([name, what]) => `  ${name.padEnd(20)} ${what}`);
  return new Command('partner')
    .description('een gesimuleerde partner die zich op verzoek misdraagt')
    .requiredOption('--as <naam>', 'welke partner: vecozo, cak, … (de map van de demo wordt gebruikt zonder --config)')
    .option('--config <bestand>', 'beschrijving van de partner (JSON)')
    .option('--misbehave <naam:aantal...>', 'misdraging, zie hieronder', [])
    .option('--json', 'meld poorten als JSON')
    .addHelpText(
      'after',
      `\nMisdragingen (naam:aantal, zonder aantal één keer; delayAck in milliseconden):\n${names.join('\n')}`,
    )
    .action(run);
}

async function run(flags: PartnerFlags): Promise<void> {
  const file = flags.config ?? `.demo/${flags.as}/partner.json`;
  const { json, options } = readPartner(file, flags.misbehave);
  if (json.name !== flags.as) throw new WrongUse(`--as ${flags.as}: ${file} beschrijft ${json.name}`);
  if (await runsAlready(json)) return passOn(json, flags);
  const partner = createPartner(options);
  const control = createControl(partner);
  try {
    const { port } = await listening(partner.listen(), json.port);
    const { port: controlPort } = await listening(control.listen(json.controlPort ?? 0), json.controlPort);
    tell(json.name, port, controlPort, flags);
    await new Promise<void>((resolve) => {
      process.once('SIGTERM', resolve);
      process.once('SIGINT', resolve);
    });
  } finally {
    await Promise.all([partner.close(), control.close()]);
  }
}

function tell(name: string, port: number, controlPort: number, flags: PartnerFlags): void {
  if (flags.json === true) {
    printJson({ name, port, controlPort });
    return;
  }
  print(`${name} luistert op poort ${port}; besturing op http://127.0.0.1:${controlPort}`);
  for (const text of flags.misbehave) print(`  doet zo dadelijk: ${text}`);
  print('  GET /log · POST /send · POST /misbehave?what=dropAck:2 · POST /behave');
}

async function listening<T>(listen: Promise<T>, port = 0): Promise<T> {
  try {
    return await listen;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'EADDRINUSE') throw error;
    throw new Error(
      `poort ${port} is al in gebruik; stop wat daar luistert, of geef in de beschrijving een andere poort`,
    );
  }
}

/** The demo keeps its partners running: then the one that is there is told, and none is started beside it. */
async function runsAlready({ name, controlPort = 0 }: PartnerJson): Promise<boolean> {
  if (controlPort === 0) return false;
  return fetch(`http://127.0.0.1:${controlPort}/`).then(
    async (response) => ((await response.json()) as { name?: string }).name === name,
    () => false,
  );
}

async function passOn({ name, controlPort }: PartnerJson, flags: PartnerFlags): Promise<void> {
  for (const what of flags.misbehave) {
    const url = `http://127.0.0.1:${controlPort}/misbehave?what=${encodeURIComponent(what)}`;
    const { status } = await fetch(url, { method: 'POST' });
    if (status !== 200) throw new Error(`${name} neemt ${what} niet over (HTTP ${status})`);
  }
  if (flags.json === true) return printJson({ name, controlPort, running: true, misbehave: flags.misbehave });
  print(`${name} draait al; besturing op http://127.0.0.1:${controlPort}`);
  for (const what of flags.misbehave) print(`  doorgegeven: ${what}`);
}
