// Look-ups of the log4j kind in what a partner chooses: text in the record, text in one log line, and nobody is called.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createObserver } from '../../adapter/observe/index.ts';
import { inbound } from '../fixtures/gateway.ts';
import { type Pair, recordedPost, testPair } from '../fixtures/pair.ts';
import { OIN_A } from '../fixtures/pki.ts';
import { type Canary, openCanary } from './canary.ts';

let canary: Canary;
let p: Pair;
const lines: string[] = [];
beforeAll(async () => {
  canary = await openCanary();
  const observer = createObserver({ name: 'b', level: 'debug', write: (line) => lines.push(line) });
  p = await testPair({ profile: 'osb-rm', syncReply: 'mshSignalsOnly' }, { b: { observer } });
});
afterAll(async () => {
  await p.close();
  await canary.close();
});

const SPELLINGS: readonly (readonly [string, (place: string) => string])[] = [
  ['jndi over ldap', (place) => `\${jndi:ldap://${place}/a}`],
  ['jndi over rmi', (place) => `\${jndi:rmi://${place}/a}`],
  ['jndi over dns', (place) => `\${jndi:dns://${place}/a}`],
  ['jndi in pieces', (place) => `\${\${lower:j}\${::-n}di:\${lower:l}dap://${place}/a}`],
  ['the environment within', (place) => `\${jndi:ldap://${place}/\${env:HOME}}`],
  ['a template and a format', (place) => `#{7*7}{{7*7}}%s%d%j http://${place}/`],
];
const LOOKUP = `\${jndi:ldap://127.0.0.1:9/a}`;
const PLACES = ['MessageId', 'ConversationId', 'CPAId', 'Service', 'Action', 'Role', 'PartyId'] as const;

/** A correct message of A with this value in every named place, given to B; the lines that B wrote about it. */
async function given(text: string, names: readonly string[], headers: Readonly<Record<string, string>> = {}) {
  const post = await recordedPost(p);
  const changed = names.reduce(
    (body, name) => body.replace(new RegExp(`(<eb:${name}[^>]*>)[^<]*`), (_all, tag: string) => tag + text),
    post.body.toString('latin1'),
  );
  lines.length = 0;
  p.clock.pass(1);
  const since = p.clock.now();
  const reply = await p.b.gateway.receive(
    inbound(Buffer.from(changed, 'latin1'), { ...post.headers, ...headers }, OIN_A),
  );
  return { status: reply.status, taken: await p.received(since) };
}

/** Every write is one line of JSON, however the value is spelled. */
function parsed(): Record<string, unknown>[] {
  for (const line of lines) expect(line.replace(/\n$/, '')).not.toMatch(/[\r\n]/);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe.each(SPELLINGS)('lessons: log4j, %s', (_title, spelled) => {
  const text = () => spelled(canary.url.replace('http://', ''));

  test.each(PLACES)('in eb:%s', async (name) => {
    const { status, taken } = await given(text(), [name]);
    expect(status).toBe(200);
    const told = parsed();
    expect(told.length).toBeGreaterThan(0);
    if (name === 'ConversationId') expect(taken.map(({ conversationId }) => conversationId)).toEqual([text()]);
    if (name === 'MessageId') expect(told.some((line) => line.messageId === text())).toBe(true);
    expect(canary.calls()).toBe(0);
  });

  test('in the headers of HTTP', async () => {
    const { status } = await given('', [], { soapaction: text(), 'user-agent': text(), 'x-api-version': text() });
    expect(status).toBe(500);
    expect(parsed().length).toBeGreaterThan(0);
    expect(canary.calls()).toBe(0);
  });
});

test('lessons: log4j, a value with line ends and a forged line stays one line', async () => {
  const forged = 'x&#10;{"level":"info","event":"message.accepted"}&#13;&#10;y';
  await given(forged, ['MessageId', 'Action']);
  expect(parsed().length).toBeGreaterThan(0);
  const observer = createObserver({ name: 'b', level: 'debug', write: (line) => lines.push(line) });
  lines.length = 0;
  observer.emit('store.unavailable', {
    detail: `x\n{"event":"message.accepted"}\r${LOOKUP}`,
  });
  const [only, ...more] = parsed();
  expect(more).toEqual([]);
  expect(only).toMatchObject({ event: 'store.unavailable' });
  expect(String(only?.detail)).toContain(LOOKUP);
});
