// What the endpoint refuses from the head of a request, from its size and from its speed.
import { afterEach, describe, expect, test } from '@jest/globals';
import { BodyAborted, type EbmsDoor, type ServerLimits } from '../../adapter/transport/index.ts';
import { guardRequest } from '../../adapter/transport/request-guard.ts';
import { underAttack } from '../security/attacked-endpoint.ts';
import {
  closeAll,
  exchangeRaw,
  PATH,
  readAll,
  soon,
  startClient,
  startEndpoint,
  statuses,
  tcp,
  xmlBody,
} from './rig.ts';

afterEach(closeAll);

const plain = (limits: Partial<ServerLimits> = {}, door?: EbmsDoor) =>
  startEndpoint({ listener: { kind: 'plain' }, limits }, door);
const head = (lines: readonly string[], method = 'POST', path = PATH): string =>
  `${[`${method} ${path} HTTP/1.1`, 'Host: localhost', ...lines].join('\r\n')}\r\n\r\n`;

describe('requests by their head', () => {
  test.each<[string, string, number]>([
    ['T189 peer-wire GET on the path', head([], 'GET'), 405],
    ['T189 PUT on the path', head(['Content-Length: 0'], 'PUT'), 405],
    ['peer-wire another path', head(['Content-Length: 0'], 'POST', '/elders'), 404],
    ['a longer path', head(['Content-Length: 0'], 'POST', `${PATH}/`), 404],
    ['row 112 gzip', head(['Content-Encoding: gzip', 'Content-Length: 0']), 415],
    ['row 111 T201 too large by announcement', head(['Content-Length: 5000']), 413],
    ['row 110 101 header lines', head(Array.from({ length: 101 }, (_, i) => `X-${i}: y`)), 431],
    ['row 110 20 kB of header', head([`X: ${'y'.repeat(20_000)}`]), 431],
    ['R139 HTTP/1.0', `POST ${PATH} HTTP/1.0\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n`, 505],
    ['no Host', `POST ${PATH} HTTP/1.1\r\nContent-Length: 0\r\n\r\n`, 400],
    ['Expect other than 100-continue', head(['Expect: 200-ok', 'Content-Length: 0']), 417],
  ])('%s', async (_, bytes, status) => {
    const endpoint = await plain({ maxBodyBytes: 1000 });
    const { text } = await underAttack(endpoint, async () => exchangeRaw(await tcp(endpoint.port), bytes, 400));
    expect(statuses(text)).toEqual([status]);
    expect(endpoint.seen).toHaveLength(0);
  });

  test('peer-wire GET is told that only POST is allowed', async () => {
    const endpoint = await plain();
    const { text } = await exchangeRaw(await tcp(endpoint.port), head([], 'GET'), 200);
    expect(text.toLowerCase()).toContain('allow: post');
  });

  test('peer-wire §1 an h2c upgrade is ignored and the request answered', async () => {
    const endpoint = await plain();
    const bytes = `${head(['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA', 'Content-Length: 4'])}<x/>`;
    const { text } = await exchangeRaw(await tcp(endpoint.port), bytes, 300);
    expect(statuses(text)).toEqual([204]);
    expect(endpoint.seen[0]?.body.toString()).toBe('<x/>');
  });

  test('CONNECT closes the connection', async () => {
    const endpoint = await plain();
    const { text, closed } = await underAttack(endpoint, async () =>
      exchangeRaw(await tcp(endpoint.port), 'CONNECT elders:443 HTTP/1.1\r\nHost: elders\r\n\r\n', 500),
    );
    expect(statuses(text)).toEqual([]);
    expect(closed).toBe(true);
  });

  test('a query does not change the path', async () => {
    const endpoint = await plain();
    const { text } = await exchangeRaw(
      await tcp(endpoint.port),
      head(['Content-Length: 0'], 'POST', `${PATH}?x=1`),
      200,
    );
    expect(statuses(text)).toEqual([204]);
    expect(endpoint.seen[0]?.request.path).toBe(PATH);
  });

  test('row 98 the guard itself refuses length and coding together, and codings other than chunked', () => {
    const limits = { path: PATH, maxHeaders: 10, maxBodyBytes: 10, allowHttp10: false };
    const request = { method: 'POST', url: PATH, httpVersion: '1.1', headerLines: 3 };
    const guard = (headers: Record<string, string>) => guardRequest({ ...request, headers }, limits)?.status;
    expect(guard({ 'content-length': '1', 'transfer-encoding': 'chunked' })).toBe(400);
    expect(guard({ 'transfer-encoding': 'gzip, chunked' })).toBe(501);
    expect(guard({ 'transfer-encoding': 'chunked' })).toBeUndefined();
    expect(guard({ 'content-encoding': 'Identity' })).toBeUndefined();
  });
});

describe('Expect: 100-continue', () => {
  test('the body is asked for only when the door reads it', async () => {
    const endpoint = await plain();
    const socket = await tcp(endpoint.port);
    const answered = exchangeRaw(socket, head(['Expect: 100-continue', 'Content-Length: 4']), 1000);
    await new Promise<void>((resolve) => {
      socket.on('data', (chunk) => chunk.toString().includes('100 Continue') && resolve());
    });
    socket.write('<x/>');
    expect(statuses((await answered).text)).toEqual([100, 204]);
  });

  test('row 111 a body that is too large is refused without being asked for', async () => {
    const endpoint = await plain({ maxBodyBytes: 4 });
    const { text } = await underAttack(endpoint, async () =>
      exchangeRaw(await tcp(endpoint.port), head(['Expect: 100-continue', 'Content-Length: 5']), 300),
    );
    expect(statuses(text)).toEqual([413]);
  });
});

describe('size', () => {
  test('row 111 DK-058 T201 a chunked body over the limit is cut with 413 and the connection closed', async () => {
    const endpoint = await plain({ maxBodyBytes: 1000 });
    const chunk = `200\r\n${'a'.repeat(512)}\r\n`;
    const { text, closed } = await underAttack(endpoint, async () =>
      exchangeRaw(await tcp(endpoint.port), head(['Transfer-Encoding: chunked']) + chunk.repeat(4)),
    );
    expect(statuses(text)).toEqual([413]);
    expect(text.toLowerCase()).toContain('connection: close');
    expect(closed).toBe(true);
  });

  test('R150 T197 a chunked body arrives whole', async () => {
    const endpoint = await plain({ maxBodyBytes: 1000 });
    const { text } = await exchangeRaw(
      await tcp(endpoint.port),
      `${head(['Transfer-Encoding: chunked'])}3\r\n<x>\r\n4\r\n</x>\r\n0\r\n\r\n`,
      300,
    );
    expect(statuses(text)).toEqual([204]);
    expect(endpoint.seen[0]?.body.toString()).toBe('<x></x>');
  });

  test('row 111 our own client sees the 413 of a partner while it is still sending', async () => {
    const endpoint = await plain({ maxBodyBytes: 100_000 });
    const client = startClient({ allowPlainHttp: true });
    async function* pieces() {
      for (let i = 0; i < 50; i += 1) yield Buffer.alloc(100_000);
    }
    const outcome = await client.post(
      { url: endpoint.url, peerOin: 'x' },
      { headers: {}, bytes: 5_000_000, body: pieces },
    );
    expect(outcome).toMatchObject({ kind: 'response', status: 413 });
  });

  test('row 111 an empty body is a body', async () => {
    const endpoint = await plain();
    const { text } = await exchangeRaw(await tcp(endpoint.port), head(['Content-Length: 0']), 200);
    expect(statuses(text)).toEqual([204]);
    expect(endpoint.seen[0]?.body.length).toBe(0);
  });
});

describe('speed', () => {
  test('row 97 one octet at a time is cut with 408, others are served meanwhile', async () => {
    const endpoint = await plain({ bodyIdleMs: 1000, bodyGraceMs: 200, minBodyBytesPerSecond: 1000 });
    const slow = await tcp(endpoint.port);
    const dripping = setInterval(() => slow.writable && slow.write('a'), 40);
    const answered = exchangeRaw(slow, head(['Content-Length: 1000']));
    const client = startClient({ allowPlainHttp: true });
    const other = client.post({ url: endpoint.url, peerOin: 'x' }, xmlBody());
    expect(await soon('another', other)).toMatchObject({ status: 204 });
    const { text, closed } = await underAttack(endpoint, () => answered);
    clearInterval(dripping);
    expect(statuses(text)).toEqual([408]);
    expect(closed).toBe(true);
  });

  test('row 97 silence is cut with 408', async () => {
    const endpoint = await plain({ bodyIdleMs: 100 });
    const { text } = await underAttack(endpoint, async () =>
      exchangeRaw(await tcp(endpoint.port), head(['Content-Length: 1000'])),
    );
    expect(statuses(text)).toEqual([408]);
  });

  test('row 97 a slow door is not the fault of the sender', async () => {
    const limits = { bodyIdleMs: 100, bodyGraceMs: 100, minBodyBytesPerSecond: 1_000_000 };
    const endpoint = await plain(limits, async (request) => {
      let bytes = 0;
      for await (const chunk of request.body) {
        bytes += chunk.length;
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
      return { status: 200, headers: { 'x-bytes': String(bytes) } };
    });
    const client = startClient({ allowPlainHttp: true });
    const body = Buffer.alloc(600_000);
    const outcome = await client.post({ url: endpoint.url, peerOin: 'x' }, { headers: {}, bytes: body.length, body });
    expect(outcome).toMatchObject({ kind: 'response', status: 200, headers: { 'x-bytes': '600000' } });
  });

  test('rows 59 97 a slow sender is not the fault of the door, nor its time', async () => {
    const endpoint = await plain({ replyTimeoutMs: 150, bodyIdleMs: 1000 });
    const slow = await tcp(endpoint.port);
    const answered = exchangeRaw(slow, head(['Content-Length: 6']), 300);
    for (const piece of ['<', 'x', '/', '>', ' ', ' ']) {
      await new Promise((resolve) => setTimeout(resolve, 80));
      slow.write(piece);
    }
    const { text } = await soon('who sends slowly', answered);
    expect(statuses(text)).toEqual([204]);
    expect(endpoint.seen[0]?.body.toString()).toBe('<x/>  ');
  });

  test('row 97 a head that does not end is cut', async () => {
    const endpoint = await plain({ headersTimeoutMs: 300 });
    const { text, closed } = await underAttack(endpoint, async () =>
      exchangeRaw(await tcp(endpoint.port), `POST ${PATH} HTTP/1.1\r\nHost: l`),
    );
    expect(statuses(text)).toEqual([408]);
    expect(closed).toBe(true);
  });

  test('a broken connection reaches the door as BodyAborted', async () => {
    let reached: (error: unknown) => void = () => undefined;
    const thrown = new Promise((resolve) => {
      reached = resolve;
    });
    const endpoint = await plain({}, async (request) => {
      try {
        await readAll(request);
      } catch (error) {
        reached(error);
        throw error;
      }
      return { status: 204, headers: {} };
    });
    const socket = await tcp(endpoint.port);
    socket.write(`${head(['Content-Length: 1000'])}begin`);
    setTimeout(() => socket.destroy(), 50);
    const error = await thrown;
    expect(error).toBeInstanceOf(BodyAborted);
    expect(error).toMatchObject({ reason: 'connection' });
  });
});

describe('places', () => {
  const blocked = () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const door: EbmsDoor = async (request) => {
      await readAll(request);
      await gate;
      return { status: 204, headers: {} };
    };
    return { open, door };
  };

  test('rows 18 59 above the bound the answer is 503 with Retry-After, at once', async () => {
    const { open, door } = blocked();
    const endpoint = await plain({ maxConcurrent: 2, maxConcurrentPerPeer: 2, retryAfterSeconds: 7 }, door);
    const client = startClient({ allowPlainHttp: true });
    const post = () => client.post({ url: endpoint.url, peerOin: 'x' }, xmlBody());
    const held = [post(), post()];
    for (let i = 0; i < 100 && endpoint.server.load().requests < 2; i += 1)
      await new Promise((resolve) => setTimeout(resolve, 5));
    const above = await soon('who comes above the bound', post());
    expect(above).toMatchObject({ kind: 'response', status: 503, headers: { 'retry-after': '7' } });
    open();
    const served = await soon('who has a place', Promise.all(held));
    expect(served.map((outcome) => outcome.kind === 'response' && outcome.status)).toEqual([204, 204]);
    expect(await soon('who comes afterwards', post())).toMatchObject({ kind: 'response', status: 204 });
    expect(endpoint.server.load().requests).toBe(0);
  });

  test('row 59 a door that does not answer in time becomes a 503, and keeps its place until it is done', async () => {
    const { open, door } = blocked();
    const endpoint = await plain({ replyTimeoutMs: 100 }, door);
    const client = startClient({ allowPlainHttp: true });
    const outcome = await soon('who waits', client.post({ url: endpoint.url, peerOin: 'x' }, xmlBody()));
    expect(outcome).toMatchObject({ kind: 'response', status: 503 });
    expect(endpoint.server.load().requests).toBe(1);
    open();
    for (let i = 0; i < 100 && endpoint.server.load().requests > 0; i += 1)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(endpoint.server.load().requests).toBe(0);
  });

  test('row 97 an address has so many connections and no more', async () => {
    const endpoint = await plain({ maxConnectionsPerAddress: 2 });
    const first = await tcp(endpoint.port);
    const second = await tcp(endpoint.port);
    const attack = async () => exchangeRaw(await tcp(endpoint.port), head(['Content-Length: 0']), 500);
    const { text, closed } = await underAttack(endpoint, attack, { from: '127.0.0.2' });
    expect([text, closed]).toEqual(['', true]);
    expect(endpoint.events).toContainEqual(
      expect.objectContaining({ kind: 'connection.refused', remoteAddress: '127.0.0.1' }),
    );
    first.destroy();
    second.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const again = await exchangeRaw(await tcp(endpoint.port), head(['Content-Length: 0']), 200);
    expect(statuses(again.text)).toEqual([204]);
  });
});

describe('what the door does wrong', () => {
  test('architecture 3.8 a throw is a blank 500 and an event with the error', async () => {
    const secret = new Error('bestand /etc/geheim ontbreekt');
    const endpoint = await plain({}, async () => {
      throw secret;
    });
    const { text } = await exchangeRaw(await tcp(endpoint.port), head(['Content-Length: 0']), 200);
    expect(statuses(text)).toEqual([500]);
    expect(text).not.toContain('geheim');
    expect(text).toMatch(/content-length: 0/i);
    expect(endpoint.events).toContainEqual(expect.objectContaining({ kind: 'door.failed', error: secret }));
  });

  test('a reply with an impossible header is a blank 500', async () => {
    const endpoint = await plain({}, async () => ({
      status: 200,
      headers: { 'x-goed': 'ja', 'x-fout': 'a\r\nSet-Cookie: b' },
    }));
    const { text } = await exchangeRaw(await tcp(endpoint.port), head(['Content-Length: 0']), 200);
    expect(statuses(text)).toEqual([500]);
    expect(text).not.toContain('Set-Cookie');
    expect(text).not.toContain('x-goed');
  });

  test('a door that answers without reading gets its answer across and the connection closed', async () => {
    const endpoint = await plain({}, async () => ({ status: 200, headers: {}, body: Buffer.from('klaar') }));
    const { text, closed } = await exchangeRaw(
      await tcp(endpoint.port),
      `${head(['Content-Length: 500000'])}begin`,
      3000,
    );
    expect(text).toContain('klaar');
    expect(text.toLowerCase()).toContain('connection: close');
    expect(closed).toBe(true);
  });

  test('a listener that throws does not break the endpoint', async () => {
    const endpoint = await startEndpoint({
      listener: { kind: 'plain' },
      onEvent: () => {
        throw new Error('luisteraar');
      },
    });
    const { text } = await exchangeRaw(await tcp(endpoint.port), head([], 'GET'), 200);
    expect(statuses(text)).toEqual([405]);
  });
});
