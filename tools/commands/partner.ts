// `dk partner`: runs one simulated partner until it is stopped.
import { Command } from 'commander';
import { print, printJson, WrongUse } from '../output.ts';
import { BEHAVIOURS, createControl, createPartner, readPartner } from '../partner/index.ts';

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
  const partner = createPartner(options);
  const control = createControl(partner);
  const { port } = await partner.listen();
  const { port: controlPort } = await control.listen(json.controlPort ?? 0);
  if (flags.json === true) printJson({ name: json.name, port, controlPort });
  else {
    print(`${json.name} luistert op poort ${port}; besturing op http://127.0.0.1:${controlPort}`);
    print('  GET /log · POST /send · POST /misbehave?what=dropAck:2 · POST /behave');
  }
  await new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  await Promise.all([partner.close(), control.close()]);
}
