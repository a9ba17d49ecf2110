// What the client makes of partners that redirect, stall, lie, flood or are not there.

import { createServer as createHttp, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { describeFailure } from '../../adapter/transport/client-failure.ts';
import {
  type ClientLimits,
  createPartnerClient,
  type PostOutcome,
  TransportConfigError,
} from '../../adapter/transport/index.ts';
import { OIN_B, testPki } from '../fixtures/pki.ts';
import { closeAll, materialOf, PATH, startClient, startEndpoint, xmlBody } from './rig.ts';

const servers: Server[] = [];
const sockets = new Set<Socket>();

afterEach(async () => {
  await closeAll();
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
const http = (listener: RequestListener): Promise<number> => listen(createHttp(listener));
/** A partner that answers every first octets with these bytes. */
const raw = (bytes: string, end = false): Promise<number> =>
  listen(createTcp((socket) => socket.once('data', () => (end ? socket.end(bytes) : socket.write(bytes)))));

function post(port: number, limits: Partial<ClientLimits> = {}): Promise<PostOutcome> {
  const client = startClient({ allowPlainHttp: true, limits });
  return client.post({ url: `http://127.0.0.1:${port}${PATH}`, peerOin: OIN_B }, xmlBody());
}

describe('responses', () => {
  test.each([301, 302, 307, 308])('DK-013 row 41 a %d is handed over, not followed', async (status) => {
    let followed = 0;
    const elsewhere = await http((_, response) => {
      followed += 1;
      response.writeHead(204).end();
    });
    const port = await http((_, response) =>
      response.writeHead(status, { location: `http://127.0.0.1:${elsewhere}/` }).end(),
    );
    expect(await post(port)).toMatchObject({ kind: 'response', status });
    expect(followed).toBe(0);
  });

  test('header names are lower case and repeated values joined', async () => {
    const port = await http((_, response) =>
      response.writeHead(200, { 'X-Een': ['a', 'b'], 'Content-TYPE': 'text/xml' }).end('<x/>'),
    );
    expect(await post(port)).toMatchObject({
      kind: 'response',
      headers: { 'x-een': 'a, b', 'content-type': 'text/xml' },
    });
  });

  test('a response of exactly the limit is accepted, one octet more is not', async () => {
    const port = await http((request, response) => response.end('a'.repeat(request.url === PATH ? 1000 : 0)));
    const outcome = await post(port, { maxResponseBytes: 1000 });
    expect(outcome.kind === 'response' && outcome.body.length).toBe(1000);
    expect(await post(port, { maxResponseBytes: 999 })).toMatchObject({ kind: 'failed', reason: 'tooLarge' });
  });

  test('an endless response is cut at the limit', async () => {
    const port = await http((_, response) => {
      const flow = setInterval(() => response.write('a'.repeat(10_000)), 1);
      response.once('close', () => clearInterval(flow));
    });
    expect(await post(port, { maxResponseBytes: 100_000 })).toMatchObject({ kind: 'failed', reason: 'tooLarge' });
  });

  test('headers without end are cut', async () => {
    const port = await raw(`HTTP/1.1 200 OK\r\nX: ${'a'.repeat(40_000)}`);
    expect(await post(port)).toMatchObject({ kind: 'failed', reason: 'tooLarge' });
  });

  test('row 97 interim answers without end are cut, a few are passed over', async () => {
    const early = 'HTTP/1.1 103 Early Hints\r\n\r\n';
    const none = 'HTTP/1.1 204 No Content\r\n\r\n';
    expect(await post(await raw(`${early.repeat(20)}${none}`))).toMatchObject({ kind: 'response', status: 204 });
    const port = await listen(
      createTcp((socket) => {
        const flow = setInterval(() => socket.write(early), 1);
        socket.once('close', () => clearInterval(flow));
      }),
    );
    expect(await post(port, { overallTimeoutMs: 5_000 })).toMatchObject({ kind: 'failed', reason: 'protocol' });
  });

  test.each<[string, string, string]>([
    ['no HTTP', 'SSH-2.0-OpenSSH\r\n', 'protocol'],
    ['bad chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 'protocol'],
    ['shorter than announced', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc', 'connect'],
    ['nothing at all', '', 'connect'],
  ])('%s is a failure', async (_, bytes, reason) => {
    expect(await post(await raw(bytes, true))).toMatchObject({ kind: 'failed', reason });
  });
});

describe('time', () => {
  test('a partner that accepts and says nothing: time-out', async () => {
    const port = await listen(createTcp(() => undefined));
    const outcome = await post(port, { responseTimeoutMs: 200 });
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'timeout' });
  });

  test('a partner that drips its answer is cut by the overall limit', async () => {
    const port = await http((_, response) => {
      const drip = setInterval(() => response.write('a'), 20);
      response.once('close', () => clearInterval(drip));
    });
    const outcome = await post(port, { overallTimeoutMs: 300, responseTimeoutMs: 10_000 });
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'timeout' });
  });

  test('a handshake that does not end is cut by the connect limit', async () => {
    const pki = await testPki();
    const port = await listen(createTcp(() => undefined));
    const client = startClient({ tls: materialOf(pki, pki.party('partij-a').tls), limits: { connectTimeoutMs: 200 } });
    const outcome = await client.post({ url: `https://localhost:${port}${PATH}`, peerOin: OIN_B }, xmlBody());
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'timeout' });
  });
});

describe('nobody there', () => {
  test('a refused connection is told without the address', async () => {
    const port = await listen(createTcp(() => undefined));
    await new Promise((resolve) => servers.pop()?.close(resolve));
    const outcome = await post(port);
    expect(outcome).toEqual({
      kind: 'failed',
      reason: 'connect',
      detail: 'partner weigert de verbinding (ECONNREFUSED)',
      unsent: true,
    });
    expect(JSON.stringify(outcome)).not.toContain(String(port));
  });

  test.each<[string, string]>([
    ['geen url', 'protocol'],
    ['ftp://localhost/', 'protocol'],
    ['http://localhost/', 'protocol'],
    ['https://gebruiker:geheim@localhost/', 'protocol'],
  ])('DK-001 DK-004 %s is not posted to', async (url, reason) => {
    const pki = await testPki();
    const client = startClient({ tls: materialOf(pki, pki.party('partij-a').tls) });
    const outcome = await client.post({ url, peerOin: OIN_B }, xmlBody());
    expect(outcome).toMatchObject({ kind: 'failed', reason });
    expect(JSON.stringify(outcome)).not.toContain('geheim');
  });

  test('row 100 material that cannot work stops the start', async () => {
    const pki = await testPki();
    const broken = { ...materialOf(pki, pki.party('partij-a').tls), cert: pki.party('partij-b').tls.chainPem };
    expect(() => createPartnerClient({ tls: broken })).toThrow(TransportConfigError);
  });

  test('row 23 a body that our own store cannot give is thrown, not blamed on the partner', async () => {
    const endpoint = await startEndpoint({ listener: { kind: 'plain' } });
    const client = startClient({ allowPlainHttp: true });
    const damaged = new Error('blob damaged');
    async function* body() {
      yield Buffer.alloc(10);
      throw damaged;
    }
    const posted = client.post({ url: endpoint.url, peerOin: OIN_B }, { headers: {}, bytes: 20, body });
    await expect(posted).rejects.toBe(damaged);
    expect(endpoint.seen).toHaveLength(0);
  });

  test('a post that waits in vain for a connection is never sent', async () => {
    const arrived: string[] = [];
    let answer: () => void = () => undefined;
    const port = await http((request, response) => {
      arrived.push(String(request.headers['x-nr']));
      answer = () => response.writeHead(204).end();
      request.resume();
    });
    const client = startClient({ allowPlainHttp: true, limits: { connectionsPerPartner: 1, overallTimeoutMs: 200 } });
    const send = (nr: string) =>
      client.post({ url: `http://127.0.0.1:${port}/`, peerOin: OIN_B }, { ...xmlBody(), headers: { 'x-nr': nr } });
    const [first, second] = await Promise.all([send('1'), send('2')]);
    expect([first, second]).toEqual([
      expect.objectContaining({ reason: 'timeout' }),
      expect.objectContaining({ reason: 'timeout' }),
    ]);
    answer();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(arrived).toEqual(['1']);
  });

  test('DK-016 T202 a failed post is not repeated by the client', async () => {
    let connections = 0;
    const port = await listen(
      createTcp((socket) => {
        connections += 1;
        socket.once('data', () => socket.destroy());
      }),
    );
    expect(await post(port)).toMatchObject({ kind: 'failed', reason: 'connect' });
    expect(connections).toBe(1);
  });

  test('unknown errors show their code only', () => {
    const error = Object.assign(new Error('/etc/geheim 10.0.0.1'), { code: 'EVREEMD' });
    expect(describeFailure(error)).toEqual({
      kind: 'failed',
      reason: 'connect',
      detail: 'verbinding met de partner mislukte (EVREEMD)',
    });
    expect(describeFailure(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }))).toMatchObject({ unsent: true });
    for (const code of ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_HEADERS_TIMEOUT'])
      expect(describeFailure(Object.assign(new Error('x'), { code }))).not.toHaveProperty('unsent');
    expect(describeFailure('tekst').detail).toContain('onbekend');
    expect(describeFailure(Object.assign(new Error('x'), { code: 'a b\n' })).detail).toContain('onbekend');
    expect(describeFailure(Object.assign(new Error('x'), { code: 'ERR_SSL_IETS' }))).toMatchObject({ reason: 'tls' });
  });
});

describe('pools', () => {
  test('connections to one partner are bounded, and every post gets its turn', async () => {
    let most = 0;
    let now = 0;
    const port = await http((request, response) => {
      now += 1;
      most = Math.max(most, now);
      request.resume().on('end', () =>
        setTimeout(() => {
          now -= 1;
          response.writeHead(204).end();
        }, 20),
      );
    });
    const client = startClient({ allowPlainHttp: true, limits: { connectionsPerPartner: 3 } });
    const target = { url: `http://127.0.0.1:${port}${PATH}`, peerOin: OIN_B };
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => client.post(target, xmlBody())));
    expect(outcomes.every((outcome) => outcome.kind === 'response')).toBe(true);
    expect(most).toBe(3);
  });

  test('one pool per partner, the least used one leaves when there are too many', async () => {
    const endpoint = await startEndpoint({ listener: { kind: 'plain' } });
    const client = startClient({ allowPlainHttp: true, limits: { maxPools: 2 } });
    const to = (peerOin: string) => client.post({ url: endpoint.url, peerOin }, xmlBody());
    await to('een');
    await to('een');
    expect(client.pools()).toBe(1);
    await to('twee');
    await to('drie');
    expect(client.pools()).toBe(2);
    expect(await to('een')).toMatchObject({ kind: 'response', status: 204 });
    expect(client.pools()).toBe(2);
  });

  test('an idle pool is closed when another is used', async () => {
    const endpoint = await startEndpoint({ listener: { kind: 'plain' } });
    const client = startClient({ allowPlainHttp: true, limits: { idlePoolMs: 20 } });
    await client.post({ url: endpoint.url, peerOin: 'een' }, xmlBody());
    await new Promise((resolve) => setTimeout(resolve, 50));
    await client.post({ url: endpoint.url, peerOin: 'twee' }, xmlBody());
    expect(client.pools()).toBe(1);
  });
});
