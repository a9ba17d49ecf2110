#!/usr/bin/env node
// `dk`: the one command of operators and testers. Exit 0: good; 1: what was checked is bad; 2: wrong use.
import { Command, CommanderError } from 'commander';
import { certsCommand } from './commands/certs.ts';
import { cpaCommand } from './commands/cpa.ts';
import { messageCommand } from './commands/message.ts';
import { partnerCommand } from './commands/partner.ts';
import { rulesCommand } from './commands/rules.ts';
import { schemasCommand } from './commands/schemas.ts';
import { speakDutch } from './dutch.ts';
import { endQuietlyOnClosedPipe, WrongUse } from './output.ts';

const program = new Command('dk').description(
  'Digikoppeling-gateway: certificaten, CPA’s, schema’s, berichten en gesimuleerde partners',
);

for (const command of [certsCommand, cpaCommand, schemasCommand, messageCommand, partnerCommand, rulesCommand]) {
  program.addCommand(command());
}
// Commander ends the process with 1 on wrong use; ours is 2, at every level.
speakDutch(program);
endQuietlyOnClosedPipe();

try {
  await program.parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (error instanceof WrongUse) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  } else {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
