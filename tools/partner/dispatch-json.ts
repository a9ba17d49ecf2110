// What a tester may ask a partner to send, as JSON: every fault by its field, with what was found and what is expected.
import { z } from 'zod';
import { DUTCH } from '../../adapter/config/index.ts';
import { jsonFaults } from '../json-faults.ts';
import type { Dispatch } from './send.ts';

const isBase64 = (text: string): boolean => {
  const bare = text.replace(/\s+/g, '');
  return Buffer.from(bare, 'base64').toString('base64') === bare;
};

const dispatchJson = z.strictObject({
  cpaId: z.string(),
  to: z.string(),
  service: z.strictObject({ value: z.string(), type: z.string().exactOptional() }),
  action: z.string(),
  payload: z.string().refine(isBase64, 'gevonden een tekst die geen base64 is; verwacht base64'),
  functie: z.string().exactOptional(),
  referentienummer: z.string(),
  conversationId: z.string().exactOptional(),
  refToMessageId: z.string().exactOptional(),
  messageId: z.string().exactOptional(),
});

/** A Dispatch as JSON: the payload is base64. */
export type DispatchJson = z.infer<typeof dispatchJson>;

/** The message to send; throws with one line per fault, which never holds what the document does. */
export function readDispatch(text: string): Dispatch {
  const parsed = dispatchJson.safeParse(parse(text), DUTCH);
  if (!parsed.success) throw new Error(jsonFaults(parsed.error.issues).join('\n'));
  return { ...parsed.data, payload: Buffer.from(parsed.data.payload, 'base64') };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(
      'geen geldige JSON; verwacht een object met cpaId, to, service, action, referentienummer en payload',
    );
  }
}
