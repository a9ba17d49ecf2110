// What may stand behind `npm start --`.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { readArguments, USAGE } from '../../adapter/arguments.ts';
import { readConfig } from '../../adapter/config/index.ts';
import { Refused } from '../../adapter/files.ts';

const MAIN = fileURLToPath(new URL('../../dist/adapter/main.js', import.meta.url));

const README = fileURLToPath(new URL('../../README.md', import.meta.url));

/** Where and what of the refusal. */
function refusal(given: readonly string[]): string {
  try {
    readArguments(given);
  } catch (error) {
    if (error instanceof Refused) return error.issues.map(({ where, detail }) => `${where}: ${detail}`).join('\n');
    throw error;
  }
  return '(none)';
}

describe('the arguments of npm start', () => {
  test.each([
    [[], { config: undefined, clock: undefined, help: false }],
    [['--config', 'a b.json'], { config: 'a b.json', clock: undefined, help: false }],
    [
      ['--config=x.json', '--clock', '2030-01-31T12:00:00Z'],
      { config: 'x.json', clock: 1_896_091_200_000, help: false },
    ],
    [['--help'], { config: undefined, clock: undefined, help: true }],
    [['-h'], { config: undefined, clock: undefined, help: true }],
  ])('%j', (given, expected) => {
    expect(readArguments(given)).toEqual(expected);
  });

  test.each([
    [['--confg', 'x.json'], '--confg: onbekend'],
    [['x.json'], 'x.json: onbekend'],
    [['--config', 'x.json', 'y.json'], 'y.json: onbekend'],
    [['--', 'x.json'], '--: onbekend'],
    [['-c', 'x.json'], '-c: onbekend'],
    [['--toString'], '--toString: onbekend'],
    [['--config'], '--config: heeft een waarde nodig'],
    [['--config', '--clock'], '--config: heeft een waarde nodig'],
    [['--config='], '--config: heeft een waarde nodig'],
    [['--help=ja'], '--help: heeft geen waarde'],
    [['--config', 'a', '--config', 'b'], '--config: staat er twee keer'],
    [['--clock', 'morgen'], '--clock: morgen: verwacht een tijdstip'],
  ])('%j is refused with what was found', (given, expected) => {
    expect(refusal(given)).toContain(expected);
    expect(refusal(given)).toContain('verwacht');
  });

  test('the program ends with 2 and says so, and --help and -h end with 0', () => {
    const run = (...given: string[]) =>
      spawnSync(process.execPath, [MAIN, ...given], { encoding: 'utf8', timeout: 30_000 });
    const wrong = run('--nonsense');
    expect([wrong.status, wrong.stdout]).toEqual([2, '']);
    expect(wrong.stderr).toMatch(/^--nonsense: onbekend; verwacht: --config BESTAND/);
    for (const asked of ['--help', '-h']) {
      const help = run(asked);
      expect([help.status, help.stderr]).toEqual([0, '']);
      expect(help.stdout).toContain('--config BESTAND');
    }
  });

  test('the variables that the help and README name are those that are read', () => {
    const named = (text: string) => [...new Set(text.match(/\bDK_(?!KEY|URL)[A-Z_]+/g))].sort();
    const given = { DK_MODE: 'development', DK_STORE: 'sqlite::memory:', DK_LOG_LEVEL: 'debug' };
    const read = readConfig(given);
    expect(read).toMatchObject({
      ok: true,
      value: { mode: 'development', store: 'sqlite::memory:', logLevel: 'debug' },
    });
    expect(named(USAGE)).toEqual(Object.keys(given).sort());
    expect(named(readFileSync(README, 'utf8'))).toEqual(Object.keys(given).sort());
  });
});
