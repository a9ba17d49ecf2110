// The ebMS header mapper: what it reads and writes it reads again as the same message.
import fc, { type Arbitrary } from 'fast-check';
import { ACTOR, MSH_SERVICE, OIN_TYPE, SYNC_REPLY } from '../../../adapter/base/index.ts';
import { type EbmsMessage, readFault, readMessage, writeFault, writeMessage } from '../../../adapter/ebms/index.ts';
import { readXml } from '../../../adapter/xml/index.ts';
import { XML_MUTATORS, XML_TOKENS } from '../mutate/xml.ts';
import { samples } from '../samples.ts';
import { must, type Target } from '../target.ts';

export function checkHeader(input: Buffer): void {
  const xml = readXml(input);
  if (!xml.ok) return;
  readFault(xml.value);
  const first = readMessage(xml.value);
  if (!first.ok) {
    const fault = readXml(Buffer.from(writeFault(first.error), 'utf8'));
    must(fault.ok && readFault(fault.value)?.code === first.error.code, 'the fault written is not read as that fault');
    return;
  }
  const written = writeMessage(first.value.message);
  const again = readXml(Buffer.from(written, 'utf8'));
  must(again.ok && again.value.text === written, 'the message written is not canonical');
  const second = readMessage(again.value);
  must(second.ok, 'the message written is refused');
  must(second.value.kind === first.value.kind, 'the message written is of another kind');
  must(textOf(second.value.message) === textOf(first.value.message), 'the message written has other values');
}

/** Times are written in UTC and signatures are not written; everything else has to come back. */
function textOf(message: EbmsMessage): string {
  return JSON.stringify({ ...message, signatures: 0 }, (key, value: unknown) =>
    key === 'zoned' || key === 'text' ? undefined : value,
  );
}

const time = { instant: Date.UTC(2025, 2, 30, 1, 0, 0), zoned: true };

const business: EbmsMessage = {
  header: {
    version: '2.0',
    from: { partyIds: [{ value: '00000099000000001000', type: OIN_TYPE }], role: 'A' },
    to: { partyIds: [{ value: '00000099000000002000', type: OIN_TYPE }], role: 'B' },
    cpaId: 'CPA_1',
    conversationId: 'c-1',
    service: { value: 'dienst:1', type: 'urn:osb:services' },
    action: 'ggk_Di01',
    messageId: 'm1@a.example',
    timestamp: time,
    timeToLive: { ...time, instant: time.instant + 3_600_000 },
    duplicateElimination: true,
  },
  syncReply: SYNC_REPLY,
  ackRequested: [{ version: '2.0', signed: true, actor: ACTOR.toPartyMsh }],
  manifest: { version: '2.0', references: [{ href: 'cid:p1@a' }] },
  signatures: 0,
};

const signalOf = (action: string, rest: Partial<EbmsMessage>): EbmsMessage => ({
  header: { ...business.header, service: { value: MSH_SERVICE }, action, refToMessageId: 'm0@b.example' },
  syncReply: false,
  ackRequested: [],
  signatures: 0,
  ...rest,
});

const MESSAGES: readonly EbmsMessage[] = [
  business,
  signalOf('Acknowledgment', {
    acknowledgment: { version: '2.0', timestamp: time, refToMessageId: 'm0@b.example', references: [] },
  }),
  signalOf('MessageError', {
    errorList: {
      version: '2.0',
      highestSeverity: 'Error',
      errors: [
        { codeContext: 'urn:c', errorCode: 'Inconsistent', severity: 'Error', location: '//a', description: 'x' },
      ],
    },
  }),
  signalOf('StatusRequest', { statusRequest: { version: '2.0', refToMessageId: 'm0@b.example' } }),
  signalOf('StatusResponse', {
    statusResponse: { version: '2.0', refToMessageId: 'm0@b.example', status: 'Received', timestamp: time },
  }),
  signalOf('Ping', { messageOrder: { version: '2.0', sequenceNumber: 3, status: 'Continue' } }),
];

const word = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
  fc.constantFrom('a b', ' ', '\r\n', '00'),
);

/** Written with values that nobody would agree on. */
const arbitrary = (): Arbitrary<Uint8Array> =>
  fc
    .record({
      message: fc.constantFrom(...MESSAGES),
      cpaId: word,
      conversationId: word,
      action: fc.oneof(word, fc.constantFrom('Ping', 'Pong', 'Acknowledgment')),
      service: fc.record({ value: word }),
      messageId: word,
      instant: fc.integer({ min: -62_000_000_000_000, max: 253_000_000_000_000 }),
      sequenceNumber: fc.integer({ min: 0, max: 99_999_999 }),
    })
    .map(({ message, instant, sequenceNumber, ...changes }) =>
      Buffer.from(
        writeMessage({
          ...message,
          header: { ...message.header, ...changes, timestamp: { instant, zoned: true } },
          messageOrder: { version: '2.0', sequenceNumber, status: 'Reset' },
        }),
      ),
    );

export const headerTarget: Target = {
  name: 'header',
  about: 'ebMS-header',
  dictionary: XML_TOKENS,
  mutators: XML_MUTATORS,
  arbitrary,
  prepare: () =>
    Promise.resolve({
      seeds: [
        ...MESSAGES.map((message) => Buffer.from(writeMessage(message))),
        ...samples('ebxml/samples', /^EbMS.*\.xml$/),
      ],
      run: checkHeader,
    }),
};
