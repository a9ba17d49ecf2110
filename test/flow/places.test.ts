// Strangers with a valid certificate who hold on to their places in the door: partners still find theirs (row 18, OPS-7).
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createAgreementCache } from '../../adapter/gateway/index.ts';
import { partnersOf } from '../../adapter/partners.ts';
import { type Running, startProgram } from '../../adapter/program.ts';
import { openStore, type Store } from '../../adapter/store/index.ts';
import type { InboundRequest } from '../../adapter/transport/index.ts';
import type { DevPki } from '../../tools/certs/index.ts';
import { read } from '../config/given.ts';
import { putCpa, testClock, testCpa } from '../fixtures/gateway.ts';
import { OIN_A, OIN_B, testPki } from '../fixtures/pki.ts';
import { readAll, soon } from '../transport/rig.ts';

const STRANGERS = ['00000099000000008001', '00000099000000008002', '00000099000000008003'] as const;

let folder = '';
let pki: DevPki;
const running: Running[] = [];
beforeAll(async () => {
  pki = await testPki();
  folder = mkdtempSync(join(tmpdir(), 'dk-places-'));
  writeFileSync(join(folder, 'ca'), pki.caPem);
  writeFileSync(join(folder, 'crl'), pki.crlPems.join(''));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** A gateway of eight places behind a proxy, under the CPA of A and B; what comes in is held until it is let go. */
async function holding() {
  let letGo = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let held = 0;
  const receive = async (request: InboundRequest) => {
    await readAll(request);
    if (request.headers['x-hold'] !== undefined) {
      held += 1;
      await gate;
    }
    return { status: 204, headers: {} };
  };
  let store: Store | undefined;
  const config = read({
    name: 'b',
    parties: [OIN_B],
    roles: ['endpoint'],
    store: 'sqlite::memory:',
    logLevel: 'error',
    endpoint: {
      port: 0,
      maxConcurrent: 8,
      trustedProxies: ['127.0.0.1'],
      caFiles: [join(folder, 'ca')],
      crlFiles: [join(folder, 'crl')],
    },
  });
  const program = await startProgram(
    { config, file: undefined, startAt: undefined },
    {
      store: (own) => {
        store = own;
        return own;
      },
      gateway: (own) => ({ ...own, receive }),
    },
  );
  running.push(program);
  if (store === undefined) throw new Error('no store');
  await putCpa(store, await testCpa(), Date.now());
  const [address = ''] = program.doors.addresses;
  const url = address.replace('proxy ', '');
  return { url, letGo, held: () => held };
}

async function certificateOf(oin: string): Promise<string> {
  const { certificateDer } = oin === OIN_A ? pki.party('partij-a').tls : await pki.issue({ oin, commonName: oin });
  return certificateDer.toString('base64');
}

async function post(url: string, oin: string, headers: Record<string, string> = {}): Promise<number> {
  const certificate = await certificateOf(oin);
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', headers: { ...headers, 'X-SSL-Client-Cert': certificate } };
    const request = httpRequest(url, options, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    request.on('error', reject);
    request.end('<x/>');
  });
}

/** Nobody waits for those who hold places: an answer or a 503 comes at once. */
const served = (url: string, oin: string): Promise<number> => soon(oin, post(url, oin));

describe('places in the door', () => {
  test('row 18 OPS-7 all strangers together hold a quarter, one partner a third, and all get theirs back', async () => {
    const { url, letGo, held } = await holding();
    // The first who knocks has the agreements read.
    expect(await served(url, OIN_A)).toBe(204);
    await settled();
    const hold = (oin: string) => post(url, oin, { 'X-Hold': 'ja' });
    const [first, second, third] = STRANGERS;
    const slow = [hold(first), hold(second)];
    await until(() => held() === 2);
    expect(await served(url, third)).toBe(503);
    expect(await served(url, first)).toBe(503);
    slow.push(...Array.from({ length: 3 }, () => hold(OIN_A)));
    await until(() => held() === 5);
    expect(await served(url, OIN_A)).toBe(503);
    letGo();
    expect(await soon('who has a place', Promise.all(slow))).toEqual(Array(5).fill(204));
    expect(await served(url, third)).toBe(204);
    await settled();
    expect(await Promise.all([served(url, first), served(url, second)])).toEqual([204, 204]);
  }, 30_000);

  async function until(holds: () => boolean): Promise<void> {
    for (let turn = 0; turn < 500 && !holds(); turn += 1) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(holds()).toBe(true);
  }
});

describe('who has an agreement with us', () => {
  test('OPS-7 by the agreements read last, which are read again; while there are none yet nobody is a stranger', async () => {
    const store = await openStore('sqlite::memory:');
    const clock = testClock();
    const isPartner = partnersOf(createAgreementCache(store, clock));
    const [stranger] = STRANGERS;
    expect([isPartner(OIN_A), isPartner(stranger)]).toEqual([true, true]);
    await settled();
    expect([isPartner(OIN_A), isPartner(stranger)]).toEqual([false, false]);
    await putCpa(store, await testCpa(), clock.now());
    clock.pass(2_000);
    isPartner(stranger);
    await settled();
    expect([isPartner(OIN_A), isPartner(OIN_B), isPartner(stranger)]).toEqual([true, true, false]);
    await store.close();
    clock.pass(2_000);
    isPartner(stranger);
    await settled();
    expect([isPartner(OIN_A), isPartner(stranger)]).toEqual([true, false]);
  });

  test('DK-026 the suffix of an environment in a PartyId is not in the certificate', async () => {
    const store = await openStore('sqlite::memory:');
    await putCpa(store, (await testCpa()).replaceAll(OIN_A, `${OIN_A}_OTA`), Date.now());
    const isPartner = partnersOf(createAgreementCache(store, testClock()));
    isPartner(OIN_A);
    await settled();
    expect([isPartner(OIN_A), isPartner(STRANGERS[0])]).toEqual([true, false]);
    await store.close();
  });
});
