// What the hub forwarded before, found by the id that forwarding derives from the StUF message (D1).
import type { EnvelopeFacts } from '../ggk/index.ts';
import { type BusinessData, type MessageRecord, outboundId, type RecordId } from '../msh/index.ts';
import type { StufMessage } from '../stuf/index.ts';
import type { GatewayContext } from './context.ts';
import { judgedBytes } from './direct.ts';
import { derivedUuid } from './submit.ts';

type Named = Pick<BusinessData, 'zender' | 'berichtcode' | 'referentienummer'>;

/** Local part of the MessageId under which a StUF message goes on. */
export const forwardUuid = ({ zender, berichtcode, referentienummer }: Named): string =>
  derivedUuid(`forward|${zender}|${berichtcode}|${referentienummer}`);

const forwardId = (named: Named, { messageIdDomain }: GatewayContext): RecordId =>
  outboundId(`${forwardUuid(named)}@${messageIdDomain}`);

/** The message that was forwarded under this zender and referentienummer. */
export async function forwardedEarlier(named: Named, context: GatewayContext): Promise<MessageRecord | undefined> {
  return (await context.store.load([forwardId(named, context)]))[0];
}

export function hasSameParts(one: MessageRecord, other: MessageRecord): boolean {
  const digests = ({ parts }: MessageRecord): string => parts.map(({ blob }) => blob.sha256).join();
  return digests(one) === digests(other);
}

/** What each kind answers (section 9). */
const ANSWERED: Readonly<Partial<Record<StufMessage['kind'], readonly string[]>>> = {
  Du01: ['Di01'],
  Fo01: ['Di01', 'Du01'],
};

/** How large the message is that this one answers, of what its ontvanger sent through us. */
export async function answeredBy(
  { kind, stuurgegevens }: StufMessage,
  context: GatewayContext,
): Promise<EnvelopeFacts['answered']> {
  const { crossRefnummer: referentienummer, ontvanger } = stuurgegevens;
  const kinds = ANSWERED[kind];
  if (kinds === undefined || referentienummer === undefined) return undefined;
  const zender = ontvanger.organisatie ?? '';
  const ids = kinds.map((berichtcode) => forwardId({ zender, berichtcode, referentienummer }, context));
  const found = (await context.store.load(ids)).find((record) => record !== undefined);
  return found === undefined ? 'unknown' : judgedBytes(found);
}
