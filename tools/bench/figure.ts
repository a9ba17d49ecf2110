// One measured figure beside its bar and beside what the machine can do at the most.
export interface Figure {
  /** Dutch, for the table. */
  readonly name: string;
  /** Undefined when the product does not have what would be measured; `note` says so. */
  readonly value: number | undefined;
  readonly unit: string;
  readonly bar?: Bar;
  /** The other figures rest on it: when it misses its bar nothing was measured, and the bench fails. */
  readonly basis?: true;
  /** The physical limit of the same run, or why there is no value. */
  readonly note?: string;
}

export interface Bar {
  readonly kind: 'atLeast' | 'atMost';
  readonly value: number;
}

export const atLeast = (value: number): Bar => ({ kind: 'atLeast', value });
export const atMost = (value: number): Bar => ({ kind: 'atMost', value });

/** Undefined without a bar. A value that is no number misses its bar. */
export function meets({ value, bar }: Figure): boolean | undefined {
  if (bar === undefined) return undefined;
  if (value === undefined || Number.isNaN(value)) return false;
  return bar.kind === 'atLeast' ? value >= bar.value : value <= bar.value;
}

/** Whether these figures mean something: there is one, and everything that they rest on holds. A slow gateway is no failure. */
export function isSound(figures: readonly Figure[]): boolean {
  const measured = figures.some(({ value }) => value !== undefined && !Number.isNaN(value));
  return measured && figures.every((figure) => figure.basis !== true || meets(figure) === true);
}

export function rowOf(figure: Figure): readonly string[] {
  const good = meets(figure);
  const sign = figure.bar?.kind === 'atLeast' ? '≥' : '≤';
  return [
    figure.name,
    figure.value === undefined ? '–' : `${shortNumber(figure.value)} ${figure.unit}`.trim(),
    figure.bar === undefined ? '' : `${sign} ${shortNumber(figure.bar.value)}`,
    good === undefined ? '' : good ? 'gehaald' : 'NIET gehaald',
    figure.note ?? '',
  ];
}

/** Three digits that count; whole numbers from a hundred. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits);
}
