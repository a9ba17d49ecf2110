// A partner that answers without end: the attempt is over before the lease is, so that no second one runs beside it.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { partnerClient } from '../../adapter/files.ts';
import type { GatewayContext } from '../../adapter/gateway/index.ts';
import { createWorker, type Worker } from '../../adapter/worker/index.ts';
import { read } from '../config/given.ts';
import { putCpa, testCpa, URL_B } from '../fixtures/gateway.ts';
import { testPair } from '../fixtures/pair.ts';

/** A server that begins an answer at once and never ends it; counts the requests, and those at a time. */
async function dripping() {
  const seen = { requests: 0, now: 0, most: 0 };
  const server = createServer((request, response) => {
    seen.requests += 1;
    seen.now += 1;
    seen.most = Math.max(seen.most, seen.now);
    request.resume();
    response.writeHead(200, { 'content-type': 'text/xml' });
    const drip = setInterval(() => response.write(' '), 20);
    response.once('close', () => {
      clearInterval(drip);
      seen.now -= 1;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ebms`;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { seen, url, close };
}

test('row 12 an attempt that a partner draws out ends before its lease: no second POST runs beside it', async () => {
  const config = read({ policy: { allowHttp: true }, worker: { lease: '800ms', poll: '10ms' } });
  const partner = await dripping();
  const client = partnerClient(config);
  let worker: Worker | undefined;
  const surroundings: Partial<GatewayContext> = {
    client,
    leaseMs: config.worker.lease,
    clock: { now: () => Date.now() },
    wake: () => worker?.wake(),
    reserve: async (kinds, peerOin) => worker?.admit(kinds, peerOin),
  };
  const pair = await testPair({ profile: 'osb-rm' }, { a: surroundings });
  try {
    await putCpa(pair.a.store, (await testCpa({ profile: 'osb-rm' })).replaceAll(URL_B, partner.url), Date.now());
    worker = createWorker(pair.a.context, {
      kinds: ['transmit'],
      concurrency: 4,
      perPeer: 2,
      pollMs: config.worker.poll,
    });
    worker.start();
    const record = await pair.submit();
    const until = Date.now() + 3 * config.worker.lease;
    while (Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(partner.seen).toEqual({ requests: 1, now: 0, most: 1 });
    const [job] = (await pair.sent(record)).jobs;
    expect(job).toMatchObject({ attempts: 1, attemptOpen: false, lastProblem: expect.any(String) });
  } finally {
    await worker?.stop(2000);
    await partner.close();
    await client.close();
    await pair.close();
  }
});
