// Reads the JSON report of the fuzzer or the crash harness and writes a line for each target or point: good or bad.
import { readFileSync } from 'node:fs';

/** How many rounds of a point there must be: one of a circumstance, thirty of a kill point. */
const CIRCUMSTANCES = ['frozen', 'readOnly', 'slowStore', 'clockBack', 'clockForward'];
const roundsOf = (name) => (CIRCUMSTANCES.includes(name) ? 1 : 30);

const [tool, file, expected] = process.argv.slice(2);
const report = JSON.parse(readFileSync(file, 'utf8'));
const items =
  tool === 'fuzz'
    ? report.targets.map(({ target, seconds, runs, covered, findings }) => ({
        name: target,
        good: seconds > 50 && runs > 0 && covered > 0 && findings.length === 0,
      }))
    : report.points.map(({ point, rounds, struck, skipped, counts, fell, good }) => ({
        name: point,
        good:
          good &&
          rounds === roundsOf(point) &&
          // What this machine cannot do (an own file system without mount) is said, and is no verdict.
          struck + skipped >= rounds * 0.9 &&
          (skipped === 0 || CIRCUMSTANCES.includes(point)) &&
          fell === 0 &&
          ['lost', 'twice', 'endless', 'unanswered', 'misbelieved'].every((name) => counts[name] === 0),
      }));
for (const { name, good } of items) process.stdout.write(`${good ? 'good' : 'bad'} ${name}\n`);
for (const one of [...(report.findings ?? []), ...(report.bad ?? [])]) process.stderr.write(`${JSON.stringify(one)}\n`);
if (items.length !== Number(expected)) process.exitCode = 1;
