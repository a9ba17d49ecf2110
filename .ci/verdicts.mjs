// Reads the JSON report of the fuzzer or the crash harness and writes a line for each target or point: good or bad.
import { readFileSync } from 'node:fs';

const [tool, file] = process.argv.slice(2);
const report = JSON.parse(readFileSync(file, 'utf8'));
const items =
  tool === 'fuzz'
    ? report.targets.map(({ target, seconds, runs, covered, findings }) => ({
        name: target,
        good: seconds > 50 && runs > 0 && covered > 0 && findings.length === 0,
      }))
    : report.points.map(({ point, rounds, struck, counts, fell, good }) => ({
        name: point,
        good:
          good &&
          rounds === 30 &&
          struck >= rounds * 0.9 &&
          fell === 0 &&
          ['lost', 'twice', 'endless', 'unanswered', 'misbelieved'].every((name) => counts[name] === 0),
      }));
for (const { name, good } of items) process.stdout.write(`${good ? 'good' : 'bad'} ${name}\n`);
for (const one of [...(report.findings ?? []), ...(report.bad ?? [])]) process.stderr.write(`${JSON.stringify(one)}\n`);
if (items.length !== (tool === 'fuzz' ? 7 : 5)) process.exitCode = 1;
