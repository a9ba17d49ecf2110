// What npm run soak is asked to do.
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { print, WrongUse } from '../output.ts';
import type { SoakOptions } from './run.ts';

const HELP = `npm run soak -- --hours UREN [opties]

  --hours N          zo lang, in uren (72 is een gebruikelijke duur)
  --minutes N        of zo lang, in minuten; samen opgeteld
  --seed S           dezelfde storingen en berichten nog eens; anders willekeurig
  --rate N           berichten per seconde; anders 30 % van wat de keten aankan, dat eerst wordt gemeten
  --fault-seconds N  tijd tussen twee storingen (standaard 60)
  --report           schrijf adapter/reports/soak.md, als de proef niet is afgebroken
  --dir MAP          werkmap (standaard in de tijdelijke map)
  --json             uitkomst als JSON

Zij duurt zo lang als gevraagd, en een paar minuten voor het opstarten, meten wat de keten aankan, tot rust komen en tellen.`;

export interface Options extends SoakOptions {
  readonly report: boolean;
  readonly json: boolean;
}

export function readOptions(args: readonly string[]): Options {
  const values = parse(args);
  if (values.help === true) {
    print(HELP);
    process.exit(0);
  }
  const ms = (number('hours', values.hours) ?? 0) * 3_600_000 + (number('minutes', values.minutes) ?? 0) * 60_000;
  if (ms <= 0) throw new WrongUse('--hours of --minutes: verwacht hoe lang de proef duurt');
  const rate = number('rate', values.rate);
  return {
    ms,
    seed: values.seed ?? randomBytes(4).toString('hex'),
    ...(rate === undefined ? {} : { rate }),
    faultEveryMs: (number('fault-seconds', values['fault-seconds']) ?? 60) * 1000,
    dir: values.dir ?? join(tmpdir(), 'dk-soak'),
    report: values.report === true,
    json: values.json === true,
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const named = { hours: text, minutes: text, seed: text, rate: text, 'fault-seconds': text, dir: text };
  try {
    return parseArgs({
      args: [...args],
      options: { ...named, report: flag, json: flag, help: { ...flag, short: 'h' } },
    }).values;
  } catch (error) {
    throw new WrongUse(`${error instanceof Error ? error.message : 'verkeerd gebruik'}\n\n${HELP}`);
  }
}

function number(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const found = Number(value);
  if (!(found > 0) || !Number.isFinite(found)) throw new WrongUse(`--${name}: verwacht een getal groter dan 0`);
  return found;
}
