// Which event tells what about our own certificate: an operator who filters on one must not get another.
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { checkMaterial, createEndsWatch } from '../../adapter/material-check.ts';
import { createObserver, type EventFields, type EventName, type Observer } from '../../adapter/observe/index.ts';
import { type DevPki, makeDevPki } from '../../tools/certs/index.ts';
import { read } from '../config/given.ts';
import { OIN_A } from '../fixtures/pki.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dk-material-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Told = readonly (readonly [EventName, EventFields['rule']])[];

interface Laid {
  readonly config: ReturnType<typeof read>;
  readonly observer: Observer;
  readonly events: [EventName, EventFields['rule']][];
}

function lay(pki: DevPki, crlPems = pki.crlPems): Laid {
  const { tls } = pki.party('partij-a');
  const files = { key: tls.keyPem, crt: tls.chainPem, ca: pki.caPem, crl: crlPems.join('') };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const at = (name: string): string => join(folder, name);
  const client = { keyFile: at('key'), certFile: at('crt'), caFiles: [at('ca')], crlFiles: [at('crl')] };
  const observer = createObserver({ name: 'proef', level: 'silent' });
  const events: [EventName, EventFields['rule']][] = [];
  observer.subscribe((event, { rule }) => events.push([event, rule]));
  return { config: read({ client }), observer, events };
}

function told(pki: DevPki, crlPems?: DevPki['crlPems']): Told {
  const { config, observer, events } = lay(pki, crlPems);
  checkMaterial(config, observer);
  return events;
}

const DAY_MS = 86_400_000;
const notAfter = (pki: DevPki): string => new X509Certificate(pki.party('partij-a').tls.certificatePem).validTo;
const make = (keyBits: 2048 | 3072, now = new Date()): Promise<DevPki> =>
  makeDevPki({ parties: [{ oin: OIN_A, name: 'partij-a' }], keyBits, now, reuseKeys: true });

test('TLSCIPH001 a short key is certificate.weak and nothing else', async () => {
  expect(told(await make(2048))).toEqual([['certificate.weak', 'TLSCIPH001']]);
});

test('row 88 a certificate near its end is certificate.expiring; a stale list and an ended certificate are unfit', async () => {
  const fresh = await make(3072);
  expect(told(fresh)).toEqual([]);
  expect(told(fresh, fresh.staleCrlPems).map(([event]) => event)).toEqual(['certificate.unfit']);
  const lifeDays = Math.round((Date.parse(notAfter(fresh)) - Date.now()) / DAY_MS);
  const old = await make(3072, new Date(Date.now() - (lifeDays - 30) * DAY_MS));
  expect(told(old)).toContainEqual(['certificate.expiring', 'row 88']);
  const ended = await make(3072, new Date(Date.now() - (lifeDays + 2) * DAY_MS));
  expect(told(ended)).toContainEqual(['certificate.unfit', 'PKI002']);
}, 60_000);

test('row 88 a gateway that runs on says once a day what ends, also what came near since its start; the metric keeps up', async () => {
  const pki = await make(2048);
  const { config, observer, events } = lay(pki);
  const look = createEndsWatch(config, observer);
  const end = Date.parse(notAfter(pki));
  const days = async (): Promise<string | undefined> =>
    /^dk_certificate_days\{name="client"\} (\S+)$/m.exec(await observer.metricsText())?.[1];
  look(Date.now());
  expect(events).toEqual([]);
  for (const hours of [0, 1, 23, 24, 25]) look(end - 10 * DAY_MS + hours * 3_600_000);
  const ends = events.filter(([event]) => event === 'certificate.expiring');
  expect(ends).toEqual(Array(2).fill(['certificate.expiring', 'row 88']));
  expect(await days()).toBe('8');
  look(end + DAY_MS);
  expect(events.at(-1)?.[0]).toBe('certificate.unfit');
  events.length = 0;
  const started = createEndsWatch(config, observer, end - DAY_MS);
  for (const hours of [1, 23]) started(end - DAY_MS + hours * 3_600_000);
  expect(events).toEqual([]); // told at the start
  started(end - DAY_MS + 24 * 3_600_000);
  expect(events).not.toEqual([]);
});
