// What a partner says in words of its own may name a client: it stands in the record and the journal, never in a log line (row 159).
import { describe, expect, test } from '@jest/globals';
import type { MessageRecord } from '../../adapter/msh/index.ts';
import { writeStuf } from '../../adapter/stuf/index.ts';
import { heen, openHub } from '../fixtures/hub.ts';
import { ownPairs, type Pair } from '../fixtures/pair.ts';
import { OIN_A, OIN_B } from '../fixtures/pki.ts';
import { ERRORS, give, signal, waiting } from '../fixtures/signal.ts';

const pair = ownPairs();
const WORDS = 'client Proefpersoon, geboren 1950-01-01';

const fault = (status: number) => () =>
  ({
    kind: 'response',
    status,
    headers: { 'content-type': 'text/xml' },
    body: Buffer.from(
      `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body><S:Fault><faultcode>S:Server</faultcode><faultstring>${WORDS}</faultstring></S:Fault></S:Body></S:Envelope>`,
    ),
  }) as const;

const messageError = (severity: 'Error' | 'Warning', about: string) => {
  const error = { codeContext: ERRORS, errorCode: 'Inconsistent', severity, location: WORDS, description: WORDS };
  return signal(
    'MessageError',
    OIN_B,
    OIN_A,
    { errorList: { version: '2.0', highestSeverity: severity, errors: [error] } },
    about,
  );
};

async function expectKept(p: Pair, { id }: MessageRecord): Promise<void> {
  expect(JSON.stringify(await p.a.store.journal(id))).toContain(WORDS);
  expect(JSON.stringify(p.a.events)).not.toMatch(/Proefpersoon|1950/);
}

describe('row 159 words of a partner', () => {
  test.each([
    [500, 'awaitingAck', 'transmit.failed'],
    [400, 'failed', 'message.failed'],
  ])('in the fault of a %d', async (status, _state, event) => {
    const p = await pair({ profile: 'osb-rm' });
    p.wire.faults.push(fault(status));
    const record = await p.submit();
    await p.a.work();
    await expectKept(p, record);
    const told = p.a.events.find((one) => one.event === event);
    expect(told?.fields.detail).toMatch(/SOAP Fault Server$/);
  });

  test('row 39 in the last of all attempts: the message says them, the log that it failed', async () => {
    const p = await pair({ profile: 'osb-rm', retries: 1 });
    p.wire.faults.push(fault(500), fault(500));
    const record = await p.submit();
    for (let i = 0; i < 3; i += 1) {
      await p.a.work();
      p.clock.pass(3_600_000 / 4);
    }
    const sent = await p.sent(record);
    expect(sent.state).toMatch(/failed|expired/);
    await expectKept(p, record);
  });

  test.each(['Error', 'Warning'] as const)('in a MessageError of severity %s', async (severity) => {
    const p = await pair({ profile: 'osb-rm' });
    const record = await waiting(p);
    await give(p.a, messageError(severity, record.messageId), OIN_B);
    await expectKept(p, record);
    if (severity === 'Error') {
      expect((await p.sent(record)).problem).toContain(WORDS);
      const told = p.a.events.find(({ event }) => event === 'message.rejected');
      expect(told?.fields).toMatchObject({ code: 'Inconsistent', detail: 'errors: 1' });
    }
  });
});

describe('row 159 fields of a StUF document that are no such thing', () => {
  test.each([
    ['functie', (text: string) => text.replace('functie>WMO301<', 'functie>Proefpersoon, geb. 1950<')],
    [
      'referentienummer',
      (text: string) => text.replace(/referentienummer>[^<]*</, 'referentienummer>Proefpersoon 1950<'),
    ],
    ['zender', (text: string) => text.replace('organisatie>9999<', 'organisatie>Proefpersoon 1950<')],
    ['berichtversie', (text: string) => text.replace(/functieVersie>[^<]*</, 'functieVersie>Proefpersoon 1950<')],
  ])('%s: refused, and in no log line', async (_, change) => {
    const rig = await openHub();
    try {
      const whole = Buffer.from(writeStuf(heen('WMO301'))).toString('utf8');
      const text = change(whole);
      expect(text === whole).toBe(false);
      await rig.send(Buffer.from(text));
      expect(rig.hub.events.map(({ event }) => event)).toContain('content.refused');
      expect(JSON.stringify(rig.hub.events)).not.toMatch(/Proefpersoon|1950/);
      expect(await rig.hub.context.observer.metricsText()).not.toMatch(/Proefpersoon|1950/);
    } finally {
      await rig.close();
    }
  });
});
