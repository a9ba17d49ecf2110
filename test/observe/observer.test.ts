// Log line, metric and listener as views of one event.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createObserver, EVENTS, type EventFields, isEventName, type Observer } from '../../adapter/observe/index.ts';
import { together, wholeLines } from '../../adapter/observe/standard-output.ts';

interface Rig {
  readonly observer: Observer;
  readonly lines: string[];
  readonly parsed: () => Record<string, unknown>[];
}

function rig(level: 'debug' | 'info' | 'warn' | 'error' | 'silent' = 'debug'): Rig {
  const lines: string[] = [];
  const observer = createObserver({ name: 'test', level, write: (line) => lines.push(line) });
  return { observer, lines, parsed: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('log lines', () => {
  test('an event is one JSON line with its level, its name and its identifiers', () => {
    const { observer, parsed } = rig();
    observer.emit('message.accepted', { cid: 'c1', messageId: 'm1', cpaId: 'cpa-1', direction: 'in', attempt: 2 });
    const [line] = parsed();
    expect(line).toEqual({
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      level: 'info',
      event: 'message.accepted',
      gateway: 'test',
      cid: 'c1',
      messageId: 'm1',
      cpaId: 'cpa-1',
      direction: 'in',
      attempt: 2,
    });
  });

  test('a partner cannot break a line: separators of every kind are escaped, and read back as they were', () => {
    const { observer, lines, parsed } = rig();
    const detail = 'een\u2028twee\u2029drie\u0085vier\nvijf\rzes';
    observer.emit('message.accepted', { detail });
    expect(lines[0]).not.toMatch(/[\n\r\u0085\u2028\u2029]/);
    expect(parsed()[0]?.detail).toBe(detail);
  });

  test('alerts say so, other lines do not', () => {
    const { observer, parsed } = rig();
    observer.emit('message.parked', {});
    observer.emit('message.accepted', {});
    expect(parsed().map((line) => line.alert)).toEqual([true, undefined]);
  });

  test.each([
    ['debug', 4],
    ['info', 3],
    ['warn', 2],
    ['error', 1],
    ['silent', 0],
  ] as const)('level %s lets %i of four lines through', (level, count) => {
    const { observer, lines } = rig(level);
    observer.emit('transmit.attempt', {});
    observer.emit('message.accepted', {});
    observer.emit('transmit.failed', {});
    observer.emit('bug', {});
    expect(lines).toHaveLength(count);
  });

  test('row 159 a planted number is gone from the detail; identifiers stay', () => {
    const { observer, lines, parsed } = rig();
    const messageId = '11122233-3aaa-4bbb-8ccc-111222333444@gateway.localhost';
    observer.emit('message.refused', { messageId, peerOin: '00000001112223330000', detail: 'Bsn 111222333 fout' });
    expect(parsed()[0]).toMatchObject({ messageId, peerOin: '00000001112223330000', detail: 'Bsn [bsn] fout' });
    expect(lines[0]).not.toMatch(/[^0-9]111222333[^0-9]/);
  });

  test('row 159 fields that no event has never reach a line, whoever passes them', () => {
    const { observer, lines } = rig();
    const smuggled = { messageId: 'm1', payload: '<geheim/>', naam: 'Jansen', event: 'bug', level: 'error' };
    observer.emit('message.accepted', smuggled as EventFields);
    expect(lines[0]).not.toMatch(/geheim|Jansen|bug|error/);
  });

  test('a line break in a text cannot forge a second line', () => {
    const { observer, lines, parsed } = rig();
    observer.emit('http.refused', { detail: 'x\n{"event":"message.acknowledged"}\r\n\u2028' });
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toMatch(/[\r\n]/);
    expect(parsed()[0]?.event).toBe('http.refused');
  });

  test('a partner cannot fill the disk with one text', () => {
    const { observer, lines } = rig();
    observer.emit('http.refused', { detail: 'x'.repeat(1_000_000) });
    expect(lines[0]?.length).toBeLessThan(5_000);
  });

  test('a log that cannot be written and a listener that throws do not reach the caller', () => {
    const observer = createObserver({
      name: 'test',
      level: 'debug',
      write: () => {
        throw new Error('disk full');
      },
    });
    const seen: string[] = [];
    observer.subscribe(() => {
      throw new Error('listener');
    });
    observer.subscribe((event) => seen.push(event));
    expect(() => observer.emit('message.accepted', {})).not.toThrow();
    expect(seen).toEqual(['message.accepted']);
  });
});

describe('a log on a disk that is full and then is not', () => {
  /** A disk with so much room before each line, and what lies on it in the end. */
  const written = (rooms: readonly number[], lines = ['first', 'second', 'third', 'fourth']): string => {
    let disk = '';
    const room = [...rooms];
    const write = wholeLines((octets) => {
      const taken = Buffer.from(octets).toString('utf8').slice(0, room.shift());
      if (taken === '') throw new Error('disk full');
      disk += taken;
      return taken.length;
    });
    for (const line of lines) {
      try {
        write(line);
      } catch {
        // That line is lost.
      }
    }
    return disk;
  };

  test.each([
    ['room for all', [99, 99, 99, 99], 'first\nsecond\nthird\nfourth\n'],
    ['none for one', [99, 0, 99, 99], 'first\nthird\nfourth\n'],
    ['half a line', [99, 3, 99, 99], 'first\nsec\nthird\nfourth\n'],
    ['half a line, none for the next', [99, 3, 0, 99], 'first\nsec\nfourth\n'],
    ['all but the end of a line', [5, 99, 99, 99], 'first\nsecond\nthird\nfourth\n'],
    ['half a line, and half of the next', [3, 3, 99, 99], 'fir\nse\nthird\nfourth\n'],
  ])('row 21 %s: no line is lost but those that found no room', (_, rooms, expected) => {
    expect(written(rooms)).toBe(expected);
  });

  test.each([
    ['room for all', [99], 'first\nsecond\nthird\n'],
    ['one is cut off', [8, 99], 'first\nse\nthird\n'],
    ['the end of one is', [5, 99], 'first\nsecond\nthird\n'],
    ['room for whole lines', [6, 99], 'first\nsecond\nthird\n'],
    ['the last is cut off', [15], 'first\nsecond\nth'],
    ['none for what is behind the cut', [8, 0], 'first\nse'],
  ])('row 21 lines written together, %s: no line is lost but those that found no room', (_, rooms, expected) => {
    expect(written(rooms, ['first\nsecond\nthird'])).toBe(expected);
  });

  test('row 21 nor does a line of another observer of the process go with it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'dk-log-'));
    const log = openSync(join(folder, 'log'), 'w');
    try {
      const child = spawnSync(process.execPath, ['--input-type=module', '-e', TWO_OBSERVERS, OBSERVE], {
        stdio: ['ignore', log, 'pipe'],
        timeout: 20_000,
      });
      expect(String(child.stderr)).toBe('');
      const [cut, ...others] = readFileSync(join(folder, 'log'), 'utf8').trimEnd().split('\n');
      expect(cut).toHaveLength(20);
      expect(others.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual(['gateway.crashed']);
    } finally {
      closeSync(log);
      rmSync(folder, { recursive: true });
    }
  });
});

const OBSERVE = new URL('../../dist/adapter/observe/index.js', import.meta.url).href;
/** The disk has room for twenty octets of what the first one tells, and for all that the second does. */
const TWO_OBSERVERS = `
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
const { writeSync } = fs;
let room = 20;
fs.writeSync = (file, octets) => {
  const written = writeSync(file, octets.subarray(0, room));
  room = Infinity;
  return written;
};
syncBuiltinESMExports();
const { createObserver } = await import(process.argv[1]);
createObserver({ name: 'proef', level: 'info' }).emit('gateway.started', { detail: 'https://127.0.0.1' });
createObserver({ name: 'proef', level: 'error' }).emit('gateway.crashed', { detail: 'Error' });
`;

describe('lines of one turn of the event loop', () => {
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  test('go in one write, in their order; the next turn has its own', async () => {
    const writes: string[] = [];
    const write = together((lines) => writes.push(lines));
    for (const line of ['first', 'second']) write(line);
    expect(writes).toEqual([]);
    await turn();
    write('third');
    await turn();
    expect(writes).toEqual(['first\nsecond', 'third']);
  });

  test('are not held back when they are many', () => {
    const writes: string[] = [];
    const write = together((lines) => writes.push(lines));
    for (let line = 1; line <= 250; line += 1) write(String(line));
    expect(writes.map((lines) => lines.split('\n').length)).toEqual([100, 100]);
  });

  test('that are lost take no later ones with them', async () => {
    const writes: string[] = [];
    const write = together((lines) => {
      if (lines === 'first') throw new Error('disk full');
      writes.push(lines);
    });
    write('first');
    await turn();
    write('second');
    await turn();
    expect(writes).toEqual(['second']);
  });

  test.each(['pipe', 'file'] as const)('are written before an exit, to a %s', (kind) => {
    const folder = mkdtempSync(join(tmpdir(), 'dk-log-'));
    const log = openSync(join(folder, 'log'), 'w');
    try {
      const stdio: ['ignore', 'pipe' | number, 'pipe'] = ['ignore', kind === 'pipe' ? 'pipe' : log, 'pipe'];
      const child = spawnSync(process.execPath, ['--input-type=module', '-e', TELLS_AND_ENDS, OBSERVE], {
        stdio,
        timeout: 20_000,
      });
      const text = kind === 'pipe' ? String(child.stdout) : readFileSync(join(folder, 'log'), 'utf8');
      const told = text.trimEnd().split('\n');
      expect(told.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual([
        'gateway.started',
        'gateway.crashed',
      ]);
    } finally {
      closeSync(log);
      rmSync(folder, { recursive: true });
    }
  });
});

const TELLS_AND_ENDS = `
const { createObserver } = await import(process.argv[1]);
createObserver({ name: 'proef', level: 'info' }).emit('gateway.started', { detail: 'https://127.0.0.1' });
createObserver({ name: 'proef', level: 'error' }).emit('gateway.crashed', { detail: 'Error' });
process.exit(1);
`;

describe('listeners', () => {
  test('row 159 a listener is told what the log is told, until it is removed', () => {
    const { observer } = rig('silent');
    const seen: unknown[] = [];
    const remove = observer.subscribe((event, fields) => seen.push([event, fields]));
    const fields = { messageId: 'm1', detail: 'Bsn 111222333' };
    for (const event of ['message.parked', 'message.received'] as const) observer.emit(event, fields);
    remove();
    observer.emit('message.parked', {});
    const told = { messageId: 'm1', detail: 'Bsn [bsn]' };
    expect(seen).toEqual([
      ['message.parked', told],
      ['message.received', told],
    ]);
  });
});

describe('metrics', () => {
  const sample = async (observer: Observer, name: string): Promise<string[]> =>
    (await observer.metricsText()).split('\n').filter((line) => line.startsWith(name));

  test('states, copies and findings are counted under the names of architecture 3.11', async () => {
    const { observer } = rig('silent');
    observer.emit('message.accepted', {});
    observer.emit('message.accepted', {});
    observer.emit('message.acknowledged', {});
    observer.emit('message.duplicate', {});
    observer.emit('message.refused', { code: 'SecurityFailure' });
    expect(await sample(observer, 'dk_messages_total')).toEqual([
      'dk_messages_total{direction="in",state="received"} 2',
      'dk_messages_total{direction="out",state="acknowledged"} 1',
      'dk_messages_total{direction="in",state="rejected"} 1',
    ]);
    expect(await sample(observer, 'dk_duplicates_total')).toEqual(['dk_duplicates_total 1']);
    expect(await sample(observer, 'dk_issues_total')).toEqual(['dk_issues_total{code="SecurityFailure"} 1']);
  });

  test('times, jobs and days are shown in seconds and days', async () => {
    const { observer } = rig('silent');
    observer.observeTransmit(250);
    observer.observeAckWait(7_200_000);
    observer.setBacklog([{ kind: 'transmit', ready: 3, oldestSeconds: 12 }]);
    observer.setBacklog([{ kind: 'transmit', ready: 0, oldestSeconds: 0 }]);
    observer.setCertificateDays('signing.pem', 29.5);
    observer.setAgreementDays(new Map([['cpa-1', 90]]));
    const text = await observer.metricsText();
    expect(text).toContain('dk_transmit_seconds_sum 0.25');
    expect(text).toContain('dk_ack_wait_seconds_bucket{le="10800"} 1');
    expect(text).toContain('dk_ack_wait_seconds_bucket{le="3600"} 0');
    expect(text).toContain('dk_jobs_ready{kind="transmit"} 0');
    expect(text).toContain('dk_oldest_job_seconds{kind="transmit"} 0');
    expect(text).toContain('dk_certificate_days{name="signing.pem"} 29.5');
    expect(text).toContain('dk_agreement_days{name="cpa-1"} 90');
    expect(text).toMatch(/dk_nodejs_eventloop_lag_seconds \d/);
  });

  test('row 159 no identifier and no free text of a partner becomes a label', async () => {
    const { observer } = rig('silent');
    for (let i = 0; i < 300; i += 1) observer.emit('message.rejected', { messageId: `id-${i}`, code: `Invented${i}` });
    observer.emit('message.rejected', { code: 'burger 111222333' });
    const text = await observer.metricsText();
    expect(text).not.toMatch(/id-1|111222333/);
    const codes = text.split('\n').filter((line) => line.startsWith('dk_issues_total{'));
    expect(codes).toHaveLength(101);
    expect(codes).toContain('dk_issues_total{code="other"} 201');
  });

  test('two observers do not count for each other', async () => {
    const [one, two] = [rig('silent').observer, rig('silent').observer];
    one.emit('message.duplicate', {});
    expect(await sample(two, 'dk_duplicates_total')).toEqual(['dk_duplicates_total 0']);
  });
});

describe('the event map', () => {
  test('every event says what it means; every alert is an error', () => {
    for (const [name, view] of Object.entries(EVENTS)) {
      expect([name, view.meaning.length > 10]).toEqual([name, true]);
      if ('alert' in view) expect([name, view.level]).toEqual([name, 'error']);
    }
    expect(isEventName('message.accepted')).toBe(true);
    expect(isEventName('toString')).toBe(false);
  });
});
