// Commander speaks English; here its help and its complaints become Dutch, with what was found and what is expected.
import { type Command, Help } from 'commander';

const TITLES: Readonly<Record<string, string>> = {
  'Usage:': 'Gebruik:',
  'Options:': 'Opties:',
  'Commands:': 'Opdrachten:',
  'Arguments:': 'Argumenten:',
};

/** Makes a command and everything below it speak Dutch and throw instead of ending the process with 1; `heard` gets each complaint. */
export function speakDutch(command: Command, heard: (text: string) => void = () => undefined): Command {
  command
    .exitOverride()
    .helpOption('-h, --help', 'toont deze hulp')
    .configureHelp({
      styleTitle: (title) => TITLES[title] ?? title,
      commandUsage: (one) => dutchUsage(new Help().commandUsage(one)),
      subcommandTerm: (one) => dutchUsage(new Help().subcommandTerm(one)),
      optionDescription: (option) => new Help().optionDescription(option).replace('(default: ', '(standaard: '),
    })
    .configureOutput({
      outputError(text, write) {
        const dutch = complaint(text, command);
        heard(dutch);
        write(dutch);
      },
    });
  if (command.commands.length > 0) command.helpCommand('help [opdracht]', 'toont de hulp van een opdracht');
  for (const child of command.commands) speakDutch(child, heard);
  return command;
}

const dutchUsage = (text: string): string => text.replace('[options]', '[opties]').replace('[command]', '[opdracht]');

/** What commander says of wrong use, in Dutch; what it does not know stays as it is. */
export function complaint(text: string, command: Command): string {
  const known: readonly (readonly [RegExp, (match: RegExpExecArray) => string])[] = [
    [/unknown command '(.*)'/, ([, name]) => `opdracht '${name}' bestaat niet; verwacht: ${commandsOf(command)}`],
    [/unknown option '(.*)'/, ([, name]) => `optie ${name} bestaat niet; verwacht: ${optionsOf(command)}`],
    [/missing required argument '(.*)'/, ([, name]) => `<${name}> ontbreekt; verwacht: ${usageOf(command)}`],
    [/required option '(.*)' not specified/, ([, flags]) => `${flags} ontbreekt en is verplicht`],
    [/option '(.*)' argument missing/, ([, flags]) => `${flags}: er staat geen waarde achter de optie`],
    [
      /too many arguments.*Expected (\d+) arguments? but got (\d+)/,
      ([, expected, got]) => `${got} argumenten gevonden, ${expected} verwacht: ${usageOf(command)}`,
    ],
  ];
  for (const [pattern, say] of known) {
    const match = pattern.exec(text);
    if (match !== null) return `${say(match)}\n(${pathOf(command)} --help toont wat er kan)\n`;
  }
  return text;
}

const commandsOf = (command: Command): string => command.commands.map((one) => one.name()).join(', ');
const optionsOf = (command: Command): string => [...command.options.map((one) => one.long ?? ''), '--help'].join(', ');
const usageOf = (command: Command): string => dutchUsage(new Help().commandUsage(command));

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
