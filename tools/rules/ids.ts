// Reads rule ids out of text: single ones, and ranges such as R49–R61 or DK-120–123.

/** Numbered lists whose entries may be cited without being in the catalogue: message types, and acceptance rows beyond the bar. */
export const LISTS = [
  { prefix: 'P-', last: 199 },
  { prefix: 'row ', last: 176 },
] as const;

const PREFIX = 'TLSCIPH|TLS|PKI|DK-|OPS-|STUF-|P-|R|C|V|T';
const ID = new RegExp(
  `(?<![\\w-])(?:(${PREFIX})(\\d{1,3})|rows? (\\d{1,3}))(?!\\w)(?:\\s?[–-]\\s?(?:${PREFIX})?(\\d{1,3})(?!\\w))?`,
  'g',
);

/** The ids that a text names, each citation as a list: one id, or all of its range. */
export function citationsIn(text: string): readonly (readonly string[])[] {
  return [...text.matchAll(ID)].map(([, prefix, number, row, end]) => {
    const first = number ?? row ?? '';
    const count = end === undefined ? 1 : Math.max(1, Number(end) - Number(first) + 1);
    return Array.from({ length: count }, (_, i) =>
      prefix === undefined
        ? `row ${Number(first) + i}`
        : `${prefix}${String(Number(first) + i).padStart(width(prefix), '0')}`,
    );
  });
}

/** The ids that a text names one by one: a range says where to look, and shows none of its members. */
export const singleIdsIn = (text: string): readonly string[] =>
  citationsIn(text)
    .filter(({ length }) => length === 1)
    .flat();

const width = (prefix: string): number => (/^(?:R|C|V|T|OPS-|STUF-)$/.test(prefix) ? 1 : 3);

/** Whether an id is an entry of one of the lists. */
export const isListed = (id: string): boolean =>
  LISTS.some(({ prefix, last }) => {
    const number = id.startsWith(prefix) ? Number(id.slice(prefix.length)) : Number.NaN;
    return number >= 1 && number <= last;
  });
