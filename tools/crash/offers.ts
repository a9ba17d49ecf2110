// Everything that was offered to the applications in a run, by gateway and referentienummer; nothing is forgotten.
import type { Book, MessageView } from '../harness/applications.ts';
import type { Offer } from '../harness/count.ts';
import type { GatewayName } from '../harness/points.ts';

interface Written extends Offer {
  readonly referentienummer: string;
  readonly crossRefnummer?: string;
  confirmed: boolean;
  again: number;
}

export class OfferBook implements Book {
  readonly #offers = new Map<string, Written>();
  /** Per gateway: what was offered about one referentienummer. */
  readonly #about = new Map<string, Written[]>();
  #lately = new Set<Written>();

  offered(name: GatewayName, { id, business, parts }: MessageView): void {
    const known = this.#offers.get(`${name}|${id}`);
    const offer: Written = known ?? {
      referentienummer: business?.referentienummer ?? '',
      ...(business?.crossRefnummer === undefined ? {} : { crossRefnummer: business.crossRefnummer }),
      sha256: parts[0]?.sha256 ?? '',
      confirmed: false,
      again: 0,
    };
    if (known === undefined) this.#remember(name, id, offer);
    this.#lately.add(offer);
    if (offer.confirmed) offer.again += 1;
  }

  confirmed(name: GatewayName, id: string): void {
    const offer = this.#offers.get(`${name}|${id}`);
    if (offer !== undefined) offer.confirmed = true;
  }

  #remember(name: GatewayName, id: string, offer: Written): void {
    this.#offers.set(`${name}|${id}`, offer);
    for (const reference of new Set([offer.referentienummer, offer.crossRefnummer ?? offer.referentienummer])) {
      const about = this.#about.get(`${name}|${reference}`) ?? [];
      this.#about.set(`${name}|${reference}`, [...about, offer]);
    }
  }

  /** What an application of this gateway was offered about one referentienummer: the message itself, or the Fo01 to it. */
  of(name: GatewayName, referentienummer: string): readonly Offer[] {
    return this.#about.get(`${name}|${referentienummer}`) ?? [];
  }

  /** What was offered since the round began and belongs to none of these: something of an earlier round came again. */
  strays(referentienummers: ReadonlySet<string>): number {
    const mine = (offer: Written): boolean =>
      referentienummers.has(offer.referentienummer) || referentienummers.has(offer.crossRefnummer ?? '');
    return [...this.#lately].filter((offer) => !mine(offer)).length;
  }

  beginRound(): void {
    this.#lately = new Set();
  }
}
