// The outcome of a soak for people: as tables in a terminal and as a page.
import { cpus } from 'node:os';
import { BAD, type Counts } from '../harness/count.ts';
import { GATEWAYS } from '../harness/points.ts';
import { FAULT_NAMES, FAULTS } from './faults.ts';
import { MEASURED, toMegabytes } from './gauge.ts';
import { growing, isUntried, LOAD_SHARE, MOST_RISE_BYTES, neverStruck, type SoakResult, unjudged } from './run.ts';
import { riseOf } from './slope.ts';

export interface Table {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const TITLES: Readonly<Record<keyof Counts, string>> = {
  accepted: 'Aangenomen',
  delivered: 'Bezorgd',
  faults: 'Fo01',
  lost: 'Verloren',
  twice: 'Dubbel',
  endless: 'Zonder einde',
  unanswered: 'Onbeantwoord',
  misbelieved: 'Verkeerd geloofd',
};

const decimal = (value: number | undefined, digits = 1): string =>
  value === undefined || Number.isNaN(value) ? 'te kort' : value.toFixed(digits).replace('.', ',');
const megabytes = (bytes: number | undefined): string => decimal(bytes === undefined ? undefined : toMegabytes(bytes));
const minutes = (hours: number): string => decimal(hours * 60);

export function tablesOf(result: SoakResult): readonly Table[] {
  return [countTable(result), faultTable(result), memoryTable(result), fileTable(result), storeTable(result)];
}

function countTable({ submitted, counts, fell }: SoakResult): Table {
  const names = Object.keys(TITLES) as (keyof Counts)[];
  return {
    title: 'Berichten, geteld aan alle einden',
    header: ['Aangeboden', ...names.map((name) => TITLES[name]), 'Processen zelf gestopt'],
    rows: [[submitted, ...names.map((name) => counts[name]), fell].map(String)],
  };
}

const NEVER = { struck: 0, missed: 0, skipped: 0 } as const;

function faultTable({ faults }: SoakResult): Table {
  return {
    title: 'Storingen',
    header: ['Storing', 'Geraakt', 'Niet geraakt', 'Kan hier niet'],
    rows: FAULT_NAMES.map((name) => {
      const { struck, missed, skipped } = faults.find(({ fault }) => fault === name) ?? NEVER;
      return [FAULTS[name], ...[struck, missed, skipped].map(String)];
    }),
  };
}

function memoryTable({ measured }: SoakResult): Table {
  return {
    title: 'Geheugen (RSS)',
    header: [
      'Proces',
      'Levens',
      'Eerste MB',
      'Laatste MB',
      'Hoogste MB',
      'MB per uur',
      'over minuten',
      'langste leven MB per uur',
      'over minuten',
      'stijging MB',
      'te zien vanaf MB per uur',
    ],
    rows: MEASURED.map((name) => {
      const slope = measured.memory[name];
      const rise = riseOf(slope);
      return [
        name,
        String(slope.lives),
        megabytes(slope.first),
        megabytes(slope.last),
        megabytes(slope.max),
        megabytes(slope.perHour),
        minutes(slope.hours),
        megabytes(slope.longestPerHour),
        minutes(slope.longestHours),
        megabytes(rise),
        megabytes(rise === undefined ? undefined : MOST_RISE_BYTES / slope.longestHours),
      ];
    }),
  };
}

function fileTable({ measured }: SoakResult): Table {
  return {
    title: 'Open bestanden en verbindingen',
    header: ['Proces', 'Eerste', 'Laatste', 'Hoogste'],
    rows: GATEWAYS.map((name) => {
      const { first, last, max } = measured.openFiles[name];
      return [name, ...[first, last, max].map(String)];
    }),
  };
}

function storeTable({ measured }: SoakResult): Table {
  return {
    title: 'Opslag',
    header: ['Gateway', 'Eerste MB', 'Laatste MB'],
    rows: GATEWAYS.map((name) => {
      const { first, last } = measured.storeBytes[name];
      return [name, megabytes(first), megabytes(last)];
    }),
  };
}

export function verdictOf(result: SoakResult): string {
  const { good, counts, fell, seed, faults, measured } = result;
  const wrong = BAD.filter((name) => counts[name] > 0).map((name) => `${TITLES[name].toLowerCase()} ${counts[name]}`);
  const idle = neverStruck(faults).map((name) => `nooit geraakt: ${FAULTS[name]}`);
  const larger = growing(measured).map((name) => `geheugen groeit: ${name}`);
  const parts = [
    ...shortcomings(result),
    ...wrong,
    ...(fell > 0 ? [`processen zelf gestopt ${fell}`] : []),
    ...idle,
    ...larger,
  ];
  const short = unjudged(measured);
  const memory = short.length === 0 ? 'geen geheugen dat groeit' : `geheugen te kort gemeten bij ${short.join(', ')}`;
  return good
    ? `seed ${seed}: niets verloren, dubbel of zonder einde; ${memory}`
    : `seed ${seed}: niet goed: ${parts.join(', ')}`;
}

function shortcomings(result: SoakResult): string[] {
  const { interrupted, seconds, askedSeconds } = result;
  return [
    ...(interrupted ? [`afgebroken na ${decimal(seconds / 60)} van ${decimal(askedSeconds / 60)} minuten`] : []),
    ...(isUntried(result) ? ['geen enkele storing geraakt'] : []),
  ];
}

const MEANING = `Gemeente, knooppunt en aanbieder zijn drie processen van het product zelf. Aan beide einden bieden applicaties
berichten aan over REST en halen zij hun inbox leeg: heen (Di01) en retour (Du01), ondertekend en asynchroon (osb-rm-s) en
synchroon (osb-rm), van 5 kB tot enkele MB, een op de tien ongeldig; elk twintigste bericht gaat twee keer over de lijn. Ondertussen
komt de ene storing na de andere, uit de seed. Aan het einde stopt het aanbieden, komt alles tot rust en wordt aan alle einden
geteld. De woorden betekenen hetzelfde als in het crashrapport.

De helling van het geheugen is die van de kleinste kwadraten over alle metingen na het opwarmen, met een eigen niveau voor elk
leven van een proces: een herstart telt niet als groei of krimp. De stijging is wat de lijn van het langste leven omhoog gaat. Boven
${toMegabytes(MOST_RISE_BYTES)} MB groeit een proces en is de proef niet goed; daaronder is het van het op en neer van het geheugenbeheer niet te
onderscheiden. Een leven van nog geen vijf minuten na het opwarmen zegt niets. Welke groei te zien was staat erachter: hoe langer
een proces leeft, hoe langzamer zij mag zijn.`;

export function writeReport(result: SoakResult): string {
  const [cpu] = cpus();
  const { capacity, rate, startedAt, seconds, askedSeconds, seed, held, troubles, product } = result;
  const measured =
    capacity === undefined
      ? `Opgegeven tempo: ${decimal(rate)} berichten per seconde.`
      : `De keten nam ${decimal(capacity)} berichten per seconde aan; gezonden is ${LOAD_SHARE * 100} % daarvan, ${decimal(rate)} per seconde.`;
  return [
    '# Duurproef',
    '',
    '<!-- Gemaakt door `npm run soak -- --report`; niet met de hand wijzigen. -->',
    '',
    `Begonnen ${startedAt}, seed \`${seed}\`, ${decimal(seconds / 60)} minuten (gevraagd ${decimal(askedSeconds / 60)}). Node ${process.version} op`,
    `${process.platform} ${process.arch}, ${cpus().length} × ${cpu?.model ?? 'onbekend'}. ${measured}`,
    `Gateway, naar de inhoud van zijn bestanden: ${product}.`,
    ...(held > 0 ? [`Ingehouden omdat er te veel onderweg was: ${held}.`] : []),
    '',
    MEANING,
    ...tablesOf(result).flatMap((table) => ['', `## ${table.title}`, '', ...markdown(table)]),
    ...(troubles.length === 0 ? [] : ['', '## Storingen die zelf mislukten', '', ...troubles.map((one) => `- ${one}`)]),
    '',
    '## Uitkomst',
    '',
    `${verdictOf(result)}.`,
    '',
  ].join('\n');
}

function markdown({ header, rows }: Table): string[] {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  if (rows.length === 0) return ['Geen.'];
  return [row(header), row(header.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(row)];
}
