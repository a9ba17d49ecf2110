// Every kind of envelope that a gateway sends is valid by the schemas of SOAP 1.1 and ebMS 2.0.
import { expect, test } from '@jest/globals';
import { requestOf } from '../fixtures/changed.ts';
import { inbound, type TestGateway } from '../fixtures/gateway.ts';
import { ownPairs } from '../fixtures/pair.ts';
import { OIN_A, OIN_B } from '../fixtures/pki.ts';
import { give, read, signal } from '../fixtures/signal.ts';

const pair = ownPairs();

const envelopeIn = (body: Uint8Array | string): string =>
  /<SOAP:Envelope.*<\/SOAP:Envelope>/s.exec(Buffer.from(body as string).toString())?.[0] ?? '';

async function findings({ context }: TestGateway, envelope: string): Promise<unknown[]> {
  const told = await Promise.all(
    ['soap-1.1', 'ebms-2.0'].map((schema) => context.validator.validate(Buffer.from(envelope), schema)),
  );
  return told.flatMap((one) => one.issues);
}

test.each(['osb-be', 'osb-rm', 'osb-be-s', 'osb-rm-s'] as const)(
  'R3 R15 T1 %s: message, Acknowledgment, MessageError, Pong and StatusResponse',
  async (profile) => {
    const p = await pair({ profile, syncReply: 'mshSignalsOnly' });
    const { body, headers } = await requestOf(p);
    const replyTo = async (text: string) =>
      (await p.b.gateway.receive(inbound(Buffer.from(text, 'latin1'), headers, OIN_A))).body ?? new Uint8Array();
    const statusRequest = { version: '2.0', refToMessageId: read(Buffer.from(body, 'latin1')).header.messageId };
    const signals = [signal('Ping', OIN_A, OIN_B), signal('StatusRequest', OIN_A, OIN_B, { statusRequest })];
    const answers = [await replyTo(body.replace('>ggk_Di01<', '>onbekend<')), await replyTo(body)];
    for (const one of signals) answers.push((await give(p.b, one, OIN_A)).body ?? new Uint8Array());
    const envelopes = [Buffer.from(body, 'latin1'), ...answers].map(envelopeIn).filter((text) => text !== '');
    expect(envelopes.map((text) => read(Buffer.from(text)).header.action)).toEqual([
      'ggk_Di01',
      'MessageError',
      ...(profile.startsWith('osb-rm') ? ['Acknowledgment'] : []),
      'Pong',
      'StatusResponse',
    ]);
    for (const envelope of envelopes) expect(await findings(p.a, envelope)).toEqual([]);
    const broken = envelopeIn(body).replace(' eb:version="2.0"', '');
    expect(await findings(p.a, broken)).not.toEqual([]);
  },
);
