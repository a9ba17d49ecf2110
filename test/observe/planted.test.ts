// Row 159 by planting: a number put into every place where partners choose the words comes out nowhere.
import { describe, expect, test } from '@jest/globals';
import { createObserver, EVENTS, type EventName, isBsn, redact } from '../../adapter/observe/index.ts';

const BSN = '111222333';
const FREE = ['cpaId', 'messageId', 'conversationId', 'refToMessageId', 'functie', 'referentienummer', 'job', 'rule'];

describe('row 159 a planted number', () => {
  test.each(Object.keys(EVENTS) as EventName[])('is in no line and no metric of %s', async (event) => {
    const lines: string[] = [];
    const observer = createObserver({ name: 'test', level: 'debug', write: (line) => lines.push(line) });
    const told: string[] = [];
    observer.subscribe((_event, fields) => told.push(JSON.stringify(fields)));
    const ids = Object.fromEntries(FREE.map((name) => [name, `${name}-${BSN}@a.example`]));
    observer.emit(event, { ...ids, code: `Onbekend${BSN}`, detail: `burger ${BSN} onbekend`, cid: 'm1' });
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ event, level: EVENTS[event].level, cid: 'm1' });
    expect([...lines, ...told, await observer.metricsText()].join('\n')).not.toContain(BSN);
  });

  test('a code of any length is one short field', () => {
    const lines: string[] = [];
    const observer = createObserver({ name: 'test', level: 'debug', write: (line) => lines.push(line) });
    observer.emit('message.rejected', { code: 'x'.repeat(1_000_000) });
    expect(lines[0]?.length).toBeLessThan(500);
  });
});

describe('what is no BSN stays', () => {
  test.each([
    '7b2f4c1e-1112-4233-8111-222333444555@a.example',
    `sha-${'111222333'.padEnd(64, '0')}`,
    'GGK_00000001999999810000_00000001999999820000',
    '20261126111222333@a.example',
  ])('identifier %s', (id) => {
    const lines: string[] = [];
    const observer = createObserver({ name: 'test', level: 'debug', write: (line) => lines.push(line) });
    observer.emit('message.accepted', { messageId: id });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ messageId: id });
  });

  test.each(['75752391', '12345678', '22220000', '01234567'])('AGB code %s does not pass the eleven test', (code) => {
    expect(isBsn(code)).toBe(false);
    expect(redact(`zender ${code}`)).toBe(`zender ${code}`);
  });

  test.each(['2030-01-31', '2030-01-31T10:00:00.123Z', '20300131100000123', '31-01-2030', '10:00:00'])(
    'date or time %s',
    (text) => {
      expect(redact(`op ${text} ontvangen`)).toBe(`op ${text} ontvangen`);
    },
  );
});

describe('architecture 3.11', () => {
  test('every metric of the list is there before anything happened', async () => {
    const text = await createObserver({ name: 'test', level: 'silent' }).metricsText();
    const names = [
      'dk_messages_total counter',
      'dk_issues_total counter',
      'dk_duplicates_total counter',
      'dk_transmit_seconds histogram',
      'dk_ack_wait_seconds histogram',
      'dk_jobs_ready gauge',
      'dk_oldest_job_seconds gauge',
      'dk_certificate_days gauge',
      'dk_agreement_days gauge',
    ];
    for (const name of names) expect(text).toContain(`# TYPE ${name}`);
  });

  test('labels are only those of the list', async () => {
    const observer = createObserver({ name: 'test', level: 'silent' });
    const ids = {
      messageId: 'ID-m',
      conversationId: 'ID-c',
      refToMessageId: 'ID-r',
      cid: 'ID-x',
      referentienummer: 'ID-n',
    };
    for (const event of Object.keys(EVENTS) as EventName[]) {
      observer.emit(event, {
        ...ids,
        code: 'Unknown',
        cpaId: 'ID-cpa',
        peerOin: 'ID-o',
        remoteAddress: 'ID-a',
        job: 'ID-j',
      });
    }
    const own = (await observer.metricsText())
      .split('\n')
      .filter((line) => /^dk_(messages|issues|events|dup)/.test(line));
    expect(own.length).toBeGreaterThan(Object.keys(EVENTS).length);
    expect(own.join('\n')).not.toContain('ID-');
    const labels = new Set(own.flatMap((line) => [...line.matchAll(/[{,](\w+)="/g)].map((match) => match[1])));
    expect([...labels].sort()).toEqual(['code', 'direction', 'event', 'state']);
  });
});
