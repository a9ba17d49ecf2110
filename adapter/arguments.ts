// The arguments of the program: what is not known is refused, not passed over.
import { parseArgs } from 'node:util';
import type { Instant } from './base/index.ts';
import { parseDateTime } from './base/index.ts';
import { Refused } from './files.ts';

export interface Arguments {
  /** Undefined: `gateway.json`, if it is there. */
  readonly config: string | undefined;
  /** Where the clock of a development gateway begins, to judge recorded messages at their time. */
  readonly clock: Instant | undefined;
  readonly help: boolean;
}

export const USAGE = `npm start [-- --config BESTAND] [--clock TIJDSTIP]

  --config BESTAND   de configuratie; anders gateway.json, en zonder dat bestand ontwikkeling met een sleutel voor deze keer
  --clock TIJDSTIP   begin op dit tijdstip, zoals 2030-01-31T12:00:00Z; alleen in ontwikkeling
  --help, -h         deze tekst

README.md noemt elke instelling. De omgevingsvariabelen DK_MODE, DK_STORE en DK_LOG_LEVEL gaan voor mode, store en logLevel.
Einde met 2: de opgave of de configuratie klopt niet.
`;

/** Throws Refused for what is not known, comes twice or lacks its value. */
export function readArguments(given: readonly string[]): Arguments {
  const { tokens } = parseArgs({ args: [...given], options: OPTIONS, strict: false, tokens: true });
  const found = new Map<string, string>();
  for (const token of tokens) {
    const name = token.kind === 'option' ? token.name : token.kind;
    if (token.kind !== 'option' || !Object.hasOwn(OPTIONS, name)) throw wrong(nameOf(token), 'onbekend');
    const hasValue = token.value !== undefined && token.value !== '' && !token.value.startsWith('--');
    if (hasValue !== (name !== 'help'))
      throw wrong(`--${name}`, hasValue ? 'heeft geen waarde' : 'heeft een waarde nodig');
    if (found.has(name)) throw wrong(`--${name}`, 'staat er twee keer');
    found.set(name, token.value ?? '');
  }
  const clock = found.get('clock');
  return {
    config: found.get('config'),
    clock: clock === undefined ? undefined : instantOf(clock),
    help: found.has('help'),
  };
}

const OPTIONS = {
  config: { type: 'string' },
  clock: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

const nameOf = (token: {
  readonly kind: string;
  readonly rawName?: string;
  readonly value?: string | undefined;
}): string => token.rawName ?? token.value ?? '--';

const wrong = (where: string, what: string): Refused =>
  refused(where, `${what}; verwacht: --config BESTAND, --clock TIJDSTIP of --help`);

export const refused = (where: string, detail: string): Refused =>
  new Refused([{ code: 'Configuration', severity: 'Error', where, detail }]);

function instantOf(text: string): Instant {
  const read = parseDateTime(text)?.instant;
  if (read === undefined) throw refused('--clock', `${text}: ${CLOCK_EXPECTED}`);
  return read;
}

export const CLOCK_EXPECTED = 'verwacht een tijdstip zoals 2030-01-31T12:00:00Z, en alleen in ontwikkeling';
