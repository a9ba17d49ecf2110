// The named ways in which a simulated partner misbehaves, and how often each has still to happen.

/** What each does; shown by `dk partner --help`. */
export const BEHAVIOURS = {
  dropAck: 'neemt het bericht aan maar stuurt geen Acknowledgment',
  delayAck: 'stuurt de Acknowledgment zoveel milliseconden later',
  noAnswer: 'verbreekt de verbinding zonder antwoord',
  http503: 'antwoordt HTTP 503',
  answerHtml: 'antwoordt HTTP 200 met een HTML-pagina',
  answerFault: 'antwoordt HTTP 500 met een SOAP Fault',
  answerError: 'antwoordt met een MessageError',
  ackOther: 'stuurt een Acknowledgment voor een ander bericht',
  sendTwice: 'verstuurt een bericht twee keer, gelijk',
  sendTwiceOtherBody: 'verstuurt een bericht twee keer, de tweede keer met andere inhoud',
  signWrong: 'ondertekent met een verkeerde sleutel',
  signUncovered: 'laat een deel buiten de handtekening',
  otherCertificate: 'verbindt met het certificaat van een ander',
} as const;

export type BehaviourName = keyof typeof BEHAVIOURS;

/** `name:number`; without a number once, and for delayAck 2000 ms. */
export interface Behaviour {
  readonly name: BehaviourName;
  readonly amount: number;
}

/** What a text must be that is none of them. */
export const BEHAVIOUR_EXPECTED = `verwacht naam of naam:aantal, met een naam uit ${Object.keys(BEHAVIOURS).join(', ')}`;

/** Reads `dropAck:2`; undefined when the name or number is none we know. */
export function parseBehaviour(text: string): Behaviour | undefined {
  const [name = '', amount, ...more] = text.split(':');
  if (!isBehaviour(name) || more.length > 0) return undefined;
  const standard = name === 'delayAck' ? 2000 : 1;
  const count = amount === undefined ? standard : Number(amount);
  return Number.isInteger(count) && count > 0 ? { name, amount: count } : undefined;
}

const isBehaviour = (name: string): name is BehaviourName => Object.hasOwn(BEHAVIOURS, name);

/** What is still to be done wrong. */
export interface Mischief {
  add(behaviour: Behaviour): void;
  /** True when this is to happen now; it is counted down. */
  take(name: BehaviourName): boolean;
  /** Delay of the next acknowledgment in ms, 0 when none; it stays until cleared. */
  delay(): number;
  clear(): void;
}

export function createMischief(initial: readonly Behaviour[] = []): Mischief {
  const left = new Map<BehaviourName, number>();
  const add = ({ name, amount }: Behaviour): void => {
    left.set(name, amount);
  };
  for (const behaviour of initial) add(behaviour);
  return {
    add,
    take(name) {
      const count = left.get(name) ?? 0;
      if (count === 0) return false;
      left.set(name, count - 1);
      return true;
    },
    delay: () => left.get('delayAck') ?? 0,
    clear: () => left.clear(),
  };
}
