// The crash report as a page for people, made from the journal of a run.
import { cpus } from 'node:os';
import { add, BAD, type Counts, isGood, NOTHING } from '../harness/count.ts';
import { isPoint, POINT_NAMES, type PointName } from '../harness/points.ts';
import { SPECIAL_NAMES, type SpecialName, titleOf } from './circumstances.ts';
import type { RunHead } from './journal.ts';
import { isSkipped, type RoundResult } from './round.ts';

export interface Summary {
  readonly point: PointName | SpecialName;
  readonly title: string;
  readonly rounds: number;
  /** Rounds in which the point was reached and the victim was killed there. */
  readonly struck: number;
  /** Rounds that this machine cannot do, and that said so. */
  readonly skipped: number;
  readonly powerCuts: number;
  readonly droppedBytes: number;
  /** Rounds after which the gateway found a log with something in it. */
  readonly recovered: number;
  readonly counts: Counts;
  readonly fell: number;
  /** Files that no record names. */
  readonly nameless: number;
  /** Every round good, and struck often enough to say something. */
  readonly good: boolean;
  readonly meanMs: number;
  readonly longestMs: number;
  readonly notes: readonly string[];
}

/** Of the rounds that this machine can do: with fewer struck a point was not tried. */
const LEAST_STRUCK = 0.9;

export const isGoodRound = (result: RoundResult): boolean =>
  isGood(result.counts) && result.fell === 0 && (result.nameless ?? 0) === 0;

/** A run without rounds says nothing, so it is not good. */
export const isGoodRun = (results: readonly RoundResult[]): boolean =>
  results.length > 0 && summarise(results).every(({ good }) => good);

export function summarise(results: readonly RoundResult[]): readonly Summary[] {
  return [...POINT_NAMES, ...SPECIAL_NAMES].flatMap((point) => {
    const mine = results.filter((result) => result.plan.point === point);
    return mine.length === 0 ? [] : [summaryOf(point, mine)];
  });
}

function summaryOf(point: PointName | SpecialName, results: readonly RoundResult[]): Summary {
  const total = (value: (result: RoundResult) => number): number => results.reduce((sum, one) => sum + value(one), 0);
  const count = (is: (result: RoundResult) => boolean): number => results.filter(is).length;
  const struck = count((one) => one.struck);
  const skipped = count(isSkipped);
  return {
    point,
    title: titleOf(point),
    rounds: results.length,
    struck,
    skipped,
    powerCuts: count((one) => one.powerCut),
    droppedBytes: total((one) => one.droppedBytes),
    recovered: count((one) => (one.logBytes ?? 0) > 0),
    good: results.every(isGoodRound) && struck >= (results.length - skipped) * LEAST_STRUCK,
    counts: results.reduce((sum, one) => add(sum, one.counts), NOTHING),
    fell: total((one) => one.fell),
    nameless: total((one) => one.nameless ?? 0),
    meanMs: Math.round(total((one) => one.ms) / results.length),
    longestMs: Math.max(...results.map((one) => one.ms)),
    notes: [...new Set(results.flatMap(({ note }) => (note === undefined ? [] : [note])))].slice(0, 5),
  };
}

const seconds = (ms: number): string => (ms / 1000).toFixed(2).replace('.', ',');
const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;

const HEADER = [
  'Punt',
  'Rondes',
  'Geraakt',
  'Kan hier niet',
  'Berichten',
  'Bezorgd',
  'Fo01',
  'Verloren',
  'Dubbel',
  'Zonder einde',
  'Onbeantwoord',
  'Verkeerd geloofd',
  'Zonder naam',
  'Gem. s',
  'Langste s',
];

function table(summaries: readonly Summary[]): string[] {
  const all = summaries.reduce((sum, one) => add(sum, one.counts), NOTHING);
  const rounds = summaries.reduce((sum, one) => sum + one.rounds, 0);
  const struck = summaries.reduce((sum, one) => sum + one.struck, 0);
  const skipped = summaries.reduce((sum, one) => sum + one.skipped, 0);
  const mean = summaries.reduce((sum, one) => sum + one.meanMs * one.rounds, 0) / Math.max(1, rounds);
  const nameless = summaries.reduce((sum, one) => sum + one.nameless, 0);
  const longest = Math.max(0, ...summaries.map((one) => one.longestMs));
  const cells = (title: string, counts: Counts) =>
    [counts.accepted, counts.delivered, counts.faults]
      .concat(BAD.map((name) => counts[name]))
      .map((number) => (title === '' ? '' : String(number)));
  return [
    row(HEADER),
    row(HEADER.map((_, i) => (i === 0 ? '---' : '---:'))),
    ...summaries.map((one) =>
      row([
        one.title,
        one.rounds,
        one.struck,
        one.skipped,
        ...cells(one.title, one.counts),
        one.nameless,
        seconds(one.meanMs),
        seconds(one.longestMs),
      ]),
    ),
    row(['**Samen**', rounds, struck, skipped, ...cells('samen', all), nameless, seconds(mean), seconds(longest)]),
  ];
}

const MEANING = `Elke ronde biedt een gemeente een tot vijf berichten aan over REST; het knooppunt zendt de geldige door naar de
aanbieder en beantwoordt de ongeldige met een Fo01. Gemeente, knooppunt en aanbieder zijn drie processen van het product zelf,
ondertekend en asynchroon (osb-rm-s) of synchroon (osb-rm). Eén van de drie krijgt SIGKILL op het punt, wordt meteen opnieuw
gestart, en als alles tot rust is gekomen wordt aan beide kanten geteld.

- *Geraakt*: de rondes waarin het punt is bereikt en het proces daar is gestopt, zoals het zelf vlak daarvoor heeft gezegd. Een
  SIGKILL die het harnas niet gaf en het proces niet aankondigde telt als een proces dat zelf is gestopt. Onder de 90 % is een punt
  niet beproefd, en de run niet goed.
- *Kan hier niet*: bijzondere omstandigheden die deze machine niet kan nabootsen; de reden staat eronder.
- *Verloren*: aangenomen en geldig, maar niet (of met andere inhoud) bij de applicatie van de aanbieder.
- *Dubbel*: hetzelfde referentienummer als twee berichten aangeboden, of opnieuw aangeboden na een bevestiging.
- *Zonder einde*: geen eindtoestand bij de gemeente of het knooppunt, of werk dat open blijft staan.
- *Onbeantwoord*: geen antwoord op een aanbieding, of geen Fo01 op een ongeldig bericht.
- *Verkeerd geloofd*: de toestand bij de afzender zegt iets anders dan wat er is gebeurd.
- *Zonder naam*: bestanden in de opslag die geen bericht en geen aantekening noemt. Een proces dat doorwerkt neemt ze zelf terug;
  wat een kill achterlaat ruimt de gateway op als het zes uur oud is (bij de start en elk uur), en in een ronde laat het harnas
  haar dat meteen doen. Geteld wordt wat een levend proces liet liggen, en wat er na dat opruimen nog ligt.

In ongeveer de helft van de rondes is de SIGKILL ook een stroomuitval: wat er na de laatste synchronisatie in het SQLite-logboek
staat, bestanden waarvan de inhoud niet is gesynchroniseerd en namen (van bestanden en van mappen) waarvoor dat geldt, gooit het harnas weg voordat
het proces opnieuw start. Daarvoor moet te zien zijn hoe ver het logboek op schijf staat. Voor zo'n ronde brengt het harnas het
logboek over naar de database en houdt het daarna vast met een open leestransactie, zodat het alleen groeit: in die ronde werkt
het proces zonder checkpoints. In de andere rondes is er geen greep op het logboek en lopen de checkpoints van het product zelf.
In alle rondes opent en herstelt het product zelf het logboek dat er na de kill ligt.`;

/** What was asked of the run, beside which the report says what was done. */
export interface Asked {
  /** Per point. */
  readonly rounds: number;
  readonly points: readonly (PointName | SpecialName)[];
  /** Rounds that were asked and not done. */
  readonly left: number;
}

export function writeReport(head: RunHead, results: readonly RoundResult[], asked: Asked): string {
  const summaries = summarise(results);
  const points = summaries.filter((one) => isPoint(one.point));
  const specials = summaries.filter((one) => !isPoint(one.point));
  const [cpu] = cpus();
  const sum = (value: (one: Summary) => number): number => summaries.reduce((total, one) => total + value(one), 0);
  const spent = results.reduce((sum, one) => sum + one.ms, 0);
  const bad = results.filter((one) => !isGoodRound(one));
  return [
    '# Crashrapport',
    '',
    '<!-- Gemaakt door `npm run crash -- --report`; niet met de hand wijzigen. -->',
    '',
    `Begonnen ${head.startedAt}, seed \`${head.seed}\`, ${results.length} rondes in ${seconds(spent)} s, waarvan`,
    `${sum((one) => one.powerCuts)} met stroomuitval (${sum((one) => one.droppedBytes)} bytes weggegooid); in`,
    `${sum((one) => one.recovered)} rondes lag er bij de herstart een logboek met inhoud. Node ${process.version} op ${process.platform}`,
    `${process.arch}, ${cpus().length} × ${cpu?.model ?? 'onbekend'}.`,
    ...(head.products === undefined
      ? []
      : [`Gateway, naar de inhoud van zijn bestanden: ${head.products.join(', ')}.`]),
    ...(head.broken === undefined ? [] : [`Met opzet fout: ${head.broken}.`]),
    askedLine(asked),
    '',
    MEANING,
    ...olderLines(results),
    '',
    '## Gestopt op een punt',
    '',
    ...table(points),
    ...(specials.length === 0
      ? []
      : ['', '## Bijzondere omstandigheden', '', ...table(specials), ...noteLines(specials)]),
    '',
    '## Rondes die niet goed zijn',
    '',
    ...(bad.length === 0 ? ['Geen.'] : bad.map(badLine)),
    ...missedLines(summaries).flatMap((line) => ['', line]),
    ...(asked.left === 0 ? [] : ['', undoneLine(asked)]),
    '',
  ].join('\n');
}

function askedLine(asked: Asked): string {
  const { rounds, points, left } = asked;
  const all = [...POINT_NAMES, ...SPECIAL_NAMES].every((point) => points.includes(point));
  const where = all ? 'alle punten en omstandigheden' : points.map((point) => `\`${point}\``).join(', ');
  return `Gevraagd: ${rounds} rondes per punt (per omstandigheid één per honderd, ten minste 1), over ${where}. ${left === 0 ? 'Alle zijn gedaan.' : `**Niet af.** ${undoneLine(asked)}`}`;
}

export const undoneLine = ({ left }: Pick<Asked, 'left'>): string => `Rondes niet gedaan: ${left}.`;

/** A run that was begun by an older harness and resumed by this one says so. */
function olderLines(results: readonly RoundResult[]): string[] {
  const atPoints = results.filter(({ plan }) => isPoint(plan.point));
  const before = atPoints.filter(({ logBytes }) => logBytes === undefined).length;
  const uncounted = atPoints.filter(({ nameless }) => nameless === undefined).length;
  const held = [
    '',
    `${before} van deze rondes zijn gedaan voordat het harnas zo met het logboek omging: in elk daarvan bracht het harnas het logboek`,
    'voor de start over naar de database en hield het daarna vast, ook zonder stroomuitval.',
  ];
  const notLookedAt = ['', `In ${uncounted} van deze rondes is niet naar bestanden zonder naam gekeken.`];
  return [...(before > 0 ? held : []), ...(uncounted > 0 ? notLookedAt : [])];
}

/** Points that were not struck often enough. */
export const missedLines = (summaries: readonly Summary[]): string[] =>
  summaries
    .filter(({ rounds, struck, skipped }) => struck < (rounds - skipped) * LEAST_STRUCK)
    .map(({ title, rounds, struck }) => `Te weinig geraakt: ${title}, ${struck} van ${rounds} rondes.`);

const noteLines = (summaries: readonly Summary[]): string[] => [
  '',
  ...summaries.flatMap((one) => one.notes.map((note) => `- ${one.title}: ${note}`)),
];

export function badLine({ plan, counts, fell, nameless = 0, note }: RoundResult): string {
  const wrong = BAD.filter((name) => counts[name] > 0).map((name) => `${name} ${counts[name]}`);
  const parts = [
    ...wrong,
    ...(fell > 0 ? [`proces zelf gestopt ${fell}`] : []),
    ...(nameless > 0 ? [`bestanden zonder naam ${nameless}`] : []),
    ...(note === undefined ? [] : [note]),
  ];
  return `- \`${plan.point}\` ronde ${plan.round}: ${plan.victim}, ${plan.mode}, ${plan.nth}e keer: ${parts.join(', ')}`;
}
