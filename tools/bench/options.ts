// What npm run bench may be asked: which parts, how long, where, and in what form.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { WrongUse } from '../output.ts';

/** Part of the bench → what it measures, in the order in which they run. */
export const PARTS = {
  whole: 'berichten door één hub, partners in andere processen',
  parts: 'ontleden, C14N, verifiëren, tekenen, XSD, MIME, commit',
  stored: 'hetzelfde met een miljoen opgeslagen berichten',
  cpas: "hetzelfde met tienduizend CPA's",
  large: 'acht enveloppen van 25 MB tegelijk',
  start: "opstarten met 400 CPA's",
  half: 'halve belasting: wachttijden',
  pair: 'twee gateways, ontvangstbevestigingen zonder handtekening',
} as const;
export type PartName = keyof typeof PARTS;
export const PART_NAMES = Object.keys(PARTS) as PartName[];

export interface BenchOptions {
  readonly only: readonly PartName[];
  /** Of each measurement under load. */
  readonly seconds: number;
  readonly json: boolean;
  /** Where the flame graph goes. */
  readonly profile?: string;
  readonly dir: string;
}

export const HELP = `npm run bench -- [opties]

  --only P,Q      alleen deze onderdelen; anders alle
  --seconds N     duur van elke meting onder belasting (standaard 60)
  --profile       schrijf een vlammengrafiek van de hub (vlam.html in --dir); bij onderdeel whole
  --dir MAP       werkmap (standaard in de tijdelijke map)
  --json          uitkomst als JSON, met ratio bovenaan en elke lat onder bars

eindigt met 1 als er iets kwijt, dubbel of verkeerd getekend is, of niets gemeten; een lat die niet is gehaald, is een meting
eindigt met 130 (Ctrl-C) of 143 (SIGTERM) als zij is afgebroken; wat er al gemeten was, staat er dan

Alles samen duurt zo'n twintig minuten; large drie, stored en cpas elk vijf, de andere een of twee. Houd de machine verder rustig.

onderdelen:
${Object.entries(PARTS)
  .map(([name, what]) => `  ${name.padEnd(8)}${what}`)
  .join('\n')}`;

/** Undefined when only the help was asked. */
export function readOptions(args: readonly string[]): BenchOptions | undefined {
  const values = parse(args);
  if (values.help === true) return undefined;
  const seconds = Number(values.seconds ?? 60);
  if (!Number.isFinite(seconds) || seconds < 1) {
    throw new WrongUse(`--seconds ${values.seconds}: verwacht een getal vanaf 1`);
  }
  const only = values.only === undefined ? PART_NAMES : values.only.split(',').map(readPart);
  if (values.profile === true && !only.includes('whole')) {
    throw new WrongUse('--profile: alleen samen met het onderdeel whole');
  }
  const dir = values.dir ?? join(tmpdir(), 'dk-bench');
  return {
    only,
    seconds,
    json: values.json === true,
    ...(values.profile === true ? { profile: join(dir, 'vlam.html') } : {}),
    dir,
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = { only: text, seconds: text, dir: text, profile: flag, json: flag, help: { ...flag, short: 'h' } };
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new WrongUse(`${error instanceof Error ? error.message : 'verkeerd gebruik'}\n\n${HELP}`);
  }
}

function readPart(name: string): PartName {
  const known = PART_NAMES.find((part) => part === name);
  if (known === undefined) throw new WrongUse(`--only ${name}: verwacht een of meer van ${PART_NAMES.join(', ')}`);
  return known;
}
