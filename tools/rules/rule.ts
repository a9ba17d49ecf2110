// What the catalogue says of one rule: its id, how strong it is, and in our own words what it asks.

/** The standard's own strength, for a gateway of the profiles osb-be, osb-rm, osb-be-s and osb-rm-s. */
export type Level = 'must' | 'should' | 'may';

export interface Rule {
  readonly id: string;
  readonly level: Level;
  readonly title: string;
  /** Why no code and no test can show it: the rule belongs to something that these profiles do not use. */
  readonly notApplicable?: string;
  /** The rules that say the same elsewhere: what enforces and shows those, enforces and shows this one. */
  readonly as?: readonly string[];
  /** Something that may come to an MSH, and what must come of it: no place enforces that, a test shows it. */
  readonly isCase?: true;
}

type More = Pick<Rule, 'notApplicable' | 'as'>;

type Line = readonly [id: string, level: Level, title: string, more?: More];

/** A sheet of the catalogue, one rule a line. */
export const sheet = (...lines: readonly Line[]): readonly Rule[] =>
  lines.map(([id, level, title, more]) => ({ id, level, title, ...more }));

/** A sheet of cases. */
export const cases = (...lines: readonly Line[]): readonly Rule[] =>
  sheet(...lines).map((line) => ({ ...line, isCase: true }));

export const not = (reason: string): More => ({ notApplicable: reason });
export const as = (...ids: readonly string[]): More => ({ as: ids });
