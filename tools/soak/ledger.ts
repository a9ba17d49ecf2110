// The book of a soak: what is under way is written out in full, what has come to its end is counted and forgotten.
import type { Book, Given, MessageView } from '../harness/applications.ts';
import { add, type Counts, ENDS, judge, NOTHING, type Offer } from '../harness/count.ts';
import type { Letter } from '../harness/letter.ts';
import type { GatewayName, Mode } from '../harness/points.ts';

/** Everything known about a message that has no end yet. */
export interface Entry {
  readonly number: number;
  readonly from: GatewayName;
  readonly to: GatewayName;
  readonly letter: Omit<Letter, 'bytes'>;
  given?: Given;
  /** Of a valid heenbericht: a retourbericht may answer it. */
  mode?: Mode;
  readonly offers: Map<string, Offered>;
  elsewhere: number;
  /** When its sender was last asked about it. */
  askedAt: number;
}

interface Offered {
  readonly sha256: string;
  confirmed: boolean;
  again: number;
}

export class Ledger implements Book {
  readonly #run: string;
  readonly #open = new Map<number, Entry>();
  /** Offered for the first time, ended or not: what a rate is measured by. */
  arrived = 0;
  submitted = 0;
  #counts: Counts = NOTHING;

  /** `run`: sixteen hexadecimal digits that no other run has. */
  constructor(run: string) {
    this.#run = run;
  }

  get open(): number {
    return this.#open.size;
  }

  /** Of what has ended. */
  get counts(): Counts {
    return this.#counts;
  }

  /** The referentienummer of a message holds its number, so that nothing needs to be kept to know it again. */
  reference(number: number): string {
    const hex = number.toString(16).padStart(14, '0');
    const run = this.#run;
    return `${run.slice(0, 8)}-${run.slice(8, 12)}-4${run.slice(12, 15)}-a${run.slice(15, 16)}${hex.slice(0, 2)}-${hex.slice(2)}`;
  }

  #numberOf(reference: string | undefined): number | undefined {
    if (reference === undefined) return undefined;
    const number = Number.parseInt(`${reference.slice(21, 23)}${reference.slice(24)}`, 16);
    return Number.isSafeInteger(number) && this.reference(number) === reference ? number : undefined;
  }

  nextNumber(): number {
    this.submitted += 1;
    return this.submitted;
  }

  begin(number: number, from: GatewayName, letter: Letter): Entry {
    const { bytes: _, ...kept } = letter;
    const to = from === 'gemeente' ? 'aanbieder' : 'gemeente';
    const entry: Entry = { number, from, to, letter: kept, offers: new Map(), elsewhere: 0, askedAt: 0 };
    this.#open.set(number, entry);
    return entry;
  }

  offered(name: GatewayName, { id, business, parts }: MessageView): void {
    const fault = business?.berichtcode === 'Fo01';
    const number = this.#numberOf(fault ? business?.crossRefnummer : business?.referentienummer);
    const entry = number === undefined ? undefined : this.#open.get(number);
    // Every number that is not open has ended or was never given: it came once too often.
    if (entry === undefined) this.#counts = add(this.#counts, { ...NOTHING, twice: 1 });
    else if (name !== (entry.letter.valid ? entry.to : entry.from) || fault === entry.letter.valid)
      entry.elsewhere += 1;
    else this.#write(entry, id, parts[0]?.sha256 ?? '');
  }

  #write({ offers }: Entry, id: string, sha256: string): void {
    const known = offers.get(id);
    if (known === undefined) {
      if (offers.size === 0) this.arrived += 1;
      offers.set(id, { sha256, confirmed: false, again: 0 });
    } else if (known.confirmed) known.again += 1;
  }

  confirmed(_name: GatewayName, id: string): void {
    for (const { offers } of this.#open.values()) {
      const offer = offers.get(id);
      if (offer !== undefined) offer.confirmed = true;
    }
  }

  /** What arrived and was confirmed, and whose sender was not asked lately: its state decides. */
  ripe(before: number, most: number): readonly Entry[] {
    const found: Entry[] = [];
    for (const entry of this.#open.values()) {
      if (found.length === most) break;
      const all = [...entry.offers.values()];
      if (entry.given === undefined || entry.askedAt > before || all.length === 0) continue;
      if (all.every((offer) => offer.confirmed)) found.push(entry);
    }
    return found;
  }

  rest(): readonly Entry[] {
    return [...this.#open.values()];
  }

  /** Counts and forgets a message that is at its end; with `anyway` also one that is not. */
  settle(entry: Entry, state: string | undefined, anyway = false): void {
    if (!anyway && (state === undefined || !ENDS.has(state))) return;
    if (!this.#open.delete(entry.number)) return;
    const offers: readonly Offer[] = [...entry.offers.values()];
    const { letter, elsewhere } = entry;
    const verdict = judge({ letter, accepted: entry.given !== undefined, state, offers, elsewhere });
    this.#counts = add(this.#counts, verdict);
  }
}
