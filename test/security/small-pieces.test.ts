// What comes in pieces of one octet is held at about its own size, wherever it waits to be whole (row 97, R4).
import { once } from 'node:events';
import { createServer as createHttp } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import express, { type Request } from 'express';
import { bodyReader } from '../../adapter/api/bodies.ts';
import { inbound } from '../fixtures/gateway.ts';
import { ownPairs } from '../fixtures/pair.ts';
import { OIN_A, OIN_B } from '../fixtures/pki.ts';
import { HEADERS } from '../fixtures/signal.ts';
import { closeAll, PATH, startClient, xmlBody } from '../transport/rig.ts';
import { openLedger } from './cost.ts';

/** Collecting garbage until nothing more goes takes long beside other work. */
jest.setTimeout(120_000);

const MB = 1024 * 1024;
const MOST_KEPT = 8 * MB;
const PACKAGE = { ...HEADERS, 'content-type': 'multipart/related; boundary=b; type="text/xml"; start="<r>"' };
const QUOTED = 'Content-ID: <p>\r\nContent-Transfer-Encoding: quoted-printable';
const ROOT = '--b\r\nContent-Type: text/xml\r\nContent-ID: <r>\r\n\r\n';

const pair = ownPairs();
afterEach(closeAll);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Each in a Buffer of its own, as from a TLS record of its own. */
async function* oneByOne(head: string, count: number, before: () => Promise<void>): AsyncGenerator<Uint8Array> {
  yield Buffer.from(head);
  for (let sent = 0; sent < count; sent += 1) yield Buffer.alloc(1, ' ');
  await before();
}

describe('row 97 a request in pieces of one octet', () => {
  test.each([
    ['a bare envelope', HEADERS, '', 500_000],
    ['the envelope of a package', PACKAGE, ROOT, 500_000],
    ['a part that is kept in memory', PACKAGE, `${ROOT}<x/>\r\n--b\r\nContent-ID: <p>\r\n\r\n`, 120_000],
    ['blanks that wait for the end of their line', PACKAGE, `${ROOT}<x/>\r\n--b\r\n${QUOTED}\r\n\r\n`, 500_000],
    ['what is kept as evidence', PACKAGE, '', 64_000],
  ])('row 97 %s', async (_what, headers, head, count) => {
    const { b } = await pair();
    const request = inbound(Buffer.alloc(0), headers, OIN_A);
    const ledger = openLedger();
    let kept = Number.NaN;
    const body = oneByOne(head, count, async () => {
      kept = await ledger.keptBytes(MOST_KEPT);
    });
    expect((await b.gateway.receive({ ...request, body })).status).toBe(400);
    expect(kept).toBeLessThan(MOST_KEPT);
  });
});

test('row 97 an answer of a partner in chunks of one octet', async () => {
  const octets = 500_000;
  let answered: Socket | undefined;
  let isOut = false;
  const server = createServer((socket) => {
    answered = socket.on('error', () => undefined);
    const body = '1\r\na\r\n'.repeat(octets);
    socket.once('data', () =>
      socket.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body}`, () => {
        isOut = true;
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const client = startClient({ allowPlainHttp: true });
    const { port } = server.address() as AddressInfo;
    const ledger = openLedger();
    const outcome = client.post({ url: `http://127.0.0.1:${port}${PATH}`, peerOin: OIN_B }, xmlBody());
    for (let turn = 0; turn < 2_000 && !isOut; turn += 1) await pause(10);
    // What the system holds is read within a few turns of the loop.
    await pause(1_000);
    expect(await ledger.keptBytes(MOST_KEPT)).toBeLessThan(MOST_KEPT);
    answered?.write('0\r\n\r\n');
    const { kind, body } = { body: new Uint8Array(), ...(await outcome) };
    expect([kind, Buffer.from(body).toString()]).toEqual(['response', 'a'.repeat(octets)]);
  } finally {
    answered?.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
});

test('row 97 a request of an application in chunks of one octet', async () => {
  const octets = 500_000;
  let request: Request | undefined;
  let text = '';
  const app = express();
  app.use((one, response, next) => {
    request = one;
    response.locals.caller = { name: 'een' };
    next();
  });
  const withBody = bodyReader({ emit: () => undefined });
  app.post(
    '/',
    withBody(async (one, response) => {
      text = String(one.body);
      response.end();
    }),
  );
  const server = createHttp(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  try {
    const ledger = openLedger();
    const head = 'POST / HTTP/1.1\r\nHost: l\r\nTransfer-Encoding: chunked\r\n\r\n';
    await new Promise<void>((resolve) => socket.write(`${head}${'1\r\na\r\n'.repeat(octets)}`, () => resolve()));
    await pause(1_000);
    expect(request).toBeDefined();
    expect(await ledger.keptBytes(MOST_KEPT)).toBeLessThan(MOST_KEPT);
    socket.write('0\r\n\r\n');
    expect(String((await once(socket, 'data'))[0])).toContain('HTTP/1.1 200 OK');
    expect(text).toBe('a'.repeat(octets));
  } finally {
    socket.destroy();
    server.close();
    server.closeAllConnections();
  }
});
