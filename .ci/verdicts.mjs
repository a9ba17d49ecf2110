// Reads the JSON report of the fuzzer or the crash harness and writes a line for each target or point: good, bad or skipped.
import { readFileSync } from 'node:fs';

/** How many rounds of a point there must be: one of a circumstance, thirty of a kill point. */
const CIRCUMSTANCES = ['frozen', 'diskFull', 'readOnly', 'slowStore', 'slowCommit', 'clockBack', 'clockForward'];
const roundsOf = (name) => (CIRCUMSTANCES.includes(name) ? 1 : 30);

const [tool, file, expected] = process.argv.slice(2);
const report = JSON.parse(readFileSync(file, 'utf8'));
const items =
  tool === 'fuzz'
    ? report.targets.map(({ target, seconds, runs, covered, findings }) => ({
        name: target,
        good: seconds > 50 && runs > 0 && covered > 0 && findings.length === 0,
      }))
    : report.points.map(({ point, rounds, struck, skipped, counts, fell, nameless, good }) => ({
        name: point,
        // A circumstance that this machine cannot make (no mount) is neither good nor bad; a kill point never is.
        skipped: CIRCUMSTANCES.includes(point) && skipped === rounds,
        good:
          good &&
          rounds === roundsOf(point) &&
          struck >= rounds * 0.9 &&
          fell === 0 &&
          nameless === 0 &&
          ['lost', 'twice', 'endless', 'unanswered', 'misbelieved'].every((name) => counts[name] === 0),
      }));
const verdictOf = ({ skipped, good }) => (skipped === true ? 'skipped' : good ? 'good' : 'bad');
for (const item of items) process.stdout.write(`${verdictOf(item)} ${item.name}\n`);
for (const one of [...(report.findings ?? []), ...(report.bad ?? [])]) process.stderr.write(`${JSON.stringify(one)}\n`);
if (items.length !== Number(expected)) process.exitCode = 1;
