// The rule catalogue and its scan: what counts as a place and as a test, and that every kind of gap is found.
import { describe, expect, test } from '@jest/globals';
import { CATALOGUE, type Rule } from '../../tools/rules/catalogue.ts';
import { citationsIn, singleIdsIn } from '../../tools/rules/ids.ts';
import { LIFECYCLE } from '../../tools/rules/lifecycle.ts';
import { compare, readCode, readTests, type Sources } from '../../tools/rules/scan.ts';

// Ids are put together here, so that this file names no rule that it does not show.
const r = (number: number): string => `R${number}`;
const rule = (number: number, more: Partial<Rule> = {}): Rule => ({
  id: r(number),
  level: 'must',
  title: 'x',
  ...more,
});

/** What a file of code and a file of tests say together. */
function sourcesOf(code: string, tests: string): Sources {
  const sources: Sources = { literals: new Map(), comments: new Map(), tests: new Map() };
  readCode('adapter/a.ts', code, sources);
  readTests('test/a.test.ts', tests, sources.tests);
  return sources;
}
const gapsOf = (code: string, tests: string, catalogue: readonly Rule[]): readonly string[] =>
  compare(sourcesOf(code, tests), catalogue).gaps;

describe('ids', () => {
  test('single ones, ranges and lists', () => {
    expect(citationsIn(`${r(7)} and ${r(9)}–${r(11)}, DK-${'009'}–${'011'}`).flat()).toEqual([
      r(7),
      r(9),
      r(10),
      r(11),
      `DK-${'009'}`,
      `DK-${'010'}`,
      `DK-${'011'}`,
    ]);
    expect(citationsIn('rows 30–32')).toEqual([['row 30', 'row 31', 'row 32']]);
  });

  test('a range names its members for a reader, not for a test', () => {
    expect(singleIdsIn(`${r(7)}–${r(9)}, ${r(11)}, ${'rows'} 1–8, ${'row'} 10`)).toEqual([r(11), `${'row'} 10`]);
    expect([...sourcesOf('', `test('${'rows'} 1–8 are shown', f);`).tests.keys()]).toEqual([]);
  });

  test('what only looks like one is none', () => {
    expect(citationsIn('C14N, XR7, R7x, 2026-01-01T00, R1234, PER-R7')).toEqual([]);
  });
});

describe('places and tests', () => {
  test('a literal goes before a comment, and both before nothing', () => {
    const code = `// why (${r(1)})\nconst a = 1;\nfinding('x', '${r(1)}');\n/** over\n * ${r(2)}\n */\nconst url = 'http://${r(3)}';`;
    const { rows } = compare(sourcesOf(code, ''), [rule(1), rule(2), rule(3)]);
    expect(rows.map(({ where }) => where)).toEqual([['adapter/a.ts:3', 'adapter/a.ts:1'], ['adapter/a.ts:5'], []]);
  });

  test('a range as wide as a chapter is no place', () => {
    const { comments } = sourcesOf(`// all of it (${r(1)}–${r(40)}), and (${r(50)}–${r(58)})`, '');
    expect([comments.has(r(1)), comments.has(r(50)), comments.has(r(58))]).toEqual([false, true, true]);
  });

  test('titles and rows of case tables count; expected values, and titles that list rules, do not', () => {
    const many = [1, 2, 3, 4, 5, 6, 7].map(r).join(' ');
    const text = `test('${r(11)} shows it', f);\ntest.each(rows)(\`${r(12)} %s\`, f);\nconst cases = [['${r(13)} a case', 1]];\nexpect(x).toEqual(['${r(14)}']);\n// ${r(15)} in a comment\ntest('${many} are the rules', f);`;
    expect([...sourcesOf('', text).tests.keys()].sort()).toEqual([r(11), r(12), r(13)]);
  });
});

describe('gaps', () => {
  const code = `// (${r(1)})`;
  const shows = `test('${r(1)} is shown', f);`;

  test('none when place, test and catalogue agree', () => {
    expect(gapsOf(code, shows, [rule(1)])).toEqual([]);
  });

  test('a rule without a place, and one without a test', () => {
    expect(gapsOf('', shows, [rule(1)])).toEqual([expect.stringContaining('enforced nowhere')]);
    expect(gapsOf(code, '', [rule(1)])).toEqual([expect.stringContaining('named by no test')]);
  });

  test('a case needs no place, and a test all the same', () => {
    const one = rule(1, { isCase: true });
    expect(gapsOf('', shows, [one])).toEqual([]);
    expect(gapsOf(code, '', [one])).toEqual([expect.stringContaining('named by no test')]);
  });

  test('a row of the list that no code names is missed when its last test goes', () => {
    const row = { ...rule(0, { isCase: true }), id: `${'row'} 8` };
    expect(gapsOf('', `test('${'row'} 8 is shown', f);`, [row])).toEqual([]);
    expect(gapsOf('', `test('${'rows'} 1–8 are shown', f);`, [row])).toEqual([
      expect.stringContaining('named by no test'),
    ]);
    // A row with a place in the code is in the table once.
    const { rows } = compare(sourcesOf(`finding('${'row'} 8')`, ''), [row]);
    expect(rows.map(({ id }) => id)).toEqual([row.id]);
  });

  test('an id in code or tests that the catalogue does not have', () => {
    expect(gapsOf(`${code}\n// (${r(2)})`, shows, [rule(1)])).toEqual([expect.stringContaining('adapter/a.ts:2')]);
    expect(gapsOf(code, `${shows}\ntest('${r(2)} too', f);`, [rule(1)])).toEqual([expect.stringContaining('too')]);
    expect(gapsOf(code, `${shows}\ntest('${'row'} 177 too', f);`, [rule(1)])).toHaveLength(1);
  });

  test('a rule that does not apply needs nothing, and may not be enforced', () => {
    const idle = rule(2, { notApplicable: 'not used' });
    expect(gapsOf(code, shows, [rule(1), idle])).toEqual([]);
    expect(gapsOf(`${code}\nfinding('${r(2)}')`, shows, [rule(1), idle])).toEqual([
      expect.stringContaining('not apply'),
    ]);
  });

  test('a rule that stands on another has its place and tests, and no more than those', () => {
    const same = rule(2, { as: [r(1)] });
    expect(gapsOf(code, shows, [rule(1), same])).toEqual([]);
    expect(gapsOf(code, '', [rule(1), same])).toHaveLength(2);
    expect(gapsOf(code, shows, [rule(1), rule(2, { as: [r(1), r(3)] })])).toEqual([expect.stringContaining(r(3))]);
  });

  test('a rule twice', () => {
    expect(gapsOf(code, shows, [rule(1), rule(1)])).toEqual([expect.stringContaining('twice')]);
  });
});

describe('the catalogue', () => {
  test('has every number of the sheets of ebMS and CPPA, of the checks at import, and of the conformance cases', () => {
    const ids = new Set(CATALOGUE.map(({ id }) => id));
    const sheets = [
      ['R', 150],
      ['C', 31],
      ['V', 24],
      ['T', 216],
    ] as const;
    for (const [prefix, last] of sheets)
      for (let number = 1; number <= last; number += 1) expect(ids).toContain(`${prefix}${number}`);
  });

  test('has every row of the acceptance list that the bar asks for', () => {
    const bar = `1–8 10 12 15–25 29–44 46–48 50 51 53 54 57 60–63 65–69 76–78 92–94 97–99 101–111 114 115
      117–149 155–157 159 175 176`;
    const rows = bar.split(/\s+/).flatMap((range) => {
      const [first = 0, last = first] = range.split('–').map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => `${'row'} ${first + i}`);
    });
    expect(CATALOGUE.map(({ id }) => id).filter((id) => id.startsWith('row'))).toEqual(rows);
  });

  test('says in few words what each rule asks, and why one does not apply', () => {
    for (const { title, notApplicable } of CATALOGUE) {
      expect(title.length).toBeGreaterThan(3);
      expect(title.length).toBeLessThanOrEqual(100);
      if (notApplicable !== undefined) expect(notApplicable.length).toBeGreaterThan(20);
    }
  });

  test('every row of the lifecycle stands on a rule of it that applies', () => {
    const applying = new Set(CATALOGUE.filter((one) => one.notApplicable === undefined).map(({ id }) => id));
    expect(LIFECYCLE.length).toBeGreaterThan(20);
    for (const row of LIFECYCLE) expect(applying).toContain(row.rule);
  });
});
