// Whether every leg of a message was acknowledged, asked of whoever sent it on that leg.
import { type Observatory, until } from './counts.ts';

/** From its sender to the hub, and from the hub to its receiver. */
const LEGS_EACH = 2;
const WAIT_MS = 15_000;

type Eyes = Pick<Observatory, 'messages' | 'log'>;

/** One journey from one MSH to the next. */
export interface Leg {
  readonly messageId: string;
  readonly acknowledged: boolean;
}

/** The legs of the StUF messages with these references, as far as they were begun. */
export async function legsOf(eyes: Eyes, references: readonly string[]): Promise<Leg[]> {
  const gateways = await Promise.all([eyes.messages('gemeente'), eyes.messages('hub')]);
  const ofGateways = gateways.flat().filter(({ direction, business }) => {
    return direction === 'out' && business !== undefined && references.includes(business.referentienummer);
  });
  const partners = await Promise.all([eyes.log('vecozo'), eyes.log('cak')]);
  const ofPartners = partners.flatMap(({ sent, received }) =>
    sent
      .filter(({ referentienummer }) => references.includes(referentienummer))
      .map(({ messageId, answer }) => ({
        messageId,
        acknowledged:
          answer === 'Acknowledgment' ||
          received.some((seen) => seen.kind === 'acknowledgment' && seen.refToMessageId === messageId),
      })),
  );
  return [
    ...ofGateways.map(({ messageId, state }) => ({ messageId, acknowledged: state === 'acknowledged' })),
    ...ofPartners,
  ];
}

/** Waits until each of these messages has made both its legs, and each leg was acknowledged; false when that never is so. */
export async function allAcknowledged(eyes: Eyes, references: readonly string[]): Promise<boolean> {
  const all = await until(WAIT_MS, async () => {
    const legs = await legsOf(eyes, references);
    const done = new Set(legs.filter(({ acknowledged }) => acknowledged).map(({ messageId }) => messageId));
    const isEach = legs.every(({ messageId }) => done.has(messageId)) && done.size === LEGS_EACH * references.length;
    return isEach ? true : undefined;
  });
  return all === true;
}
