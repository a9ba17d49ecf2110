#!/usr/bin/env node
// `dk`: the one command of operators and testers. Exit 0: good; 1: what was checked is bad; 2: wrong use, or no verdict.
import { Command, CommanderError } from 'commander';
import { certsCommand } from './commands/certs.ts';
import { cpaCommand } from './commands/cpa.ts';
import { messageCommand } from './commands/message.ts';
import { partnerCommand } from './commands/partner.ts';
import { rulesCommand } from './commands/rules.ts';
import { schemasCommand } from './commands/schemas.ts';
import { speakDutch } from './dutch.ts';
import { endQuietlyOnClosedPipe, tellNoVerdict, WrongUse } from './output.ts';

const program = new Command('dk')
  .description('Digikoppeling-gateway: certificaten, CPA’s, schema’s, berichten en gesimuleerde partners')
  .addHelpText(
    'after',
    `
Einde met   0  goed
            1  wat is nagekeken is niet goed
            2  verkeerd gebruik of geen oordeel, zoals bij een bestand, gateway of bericht dat er niet is
Omgeving    DK_URL en DK_KEY gelden voor opdrachten aan een gateway, tenzij --url en --key er staan`,
  );

for (const command of [certsCommand, cpaCommand, schemasCommand, messageCommand, partnerCommand, rulesCommand]) {
  program.addCommand(command());
}
// Commander ends the process with 1 on wrong use; ours is 2, at every level.
let said: string | undefined;
speakDutch(program, (text) => {
  said = text;
});
endQuietlyOnClosedPipe();

const json = process.argv.includes('--json');
try {
  await program.parseAsync(process.argv);
} catch (error) {
  if (!(error instanceof CommanderError)) tellNoVerdict(error, { json });
  else if (error.exitCode !== 0) tellNoVerdict(new WrongUse(error.message), { json, said: said ?? error.message });
}
