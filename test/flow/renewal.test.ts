// Files that change under a running gateway: lists, authorities and signing keys are taken over without a restart.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Config } from '../../adapter/config/index.ts';
import { partnerClient } from '../../adapter/files.ts';
import { createObserver, type EventFields, type EventName } from '../../adapter/observe/index.ts';
import { signerTrust, signingKeys, watchCertificates } from '../../adapter/renewal.ts';
import type { EbmsServer } from '../../adapter/transport/index.ts';
import { makeAuthority, newKeyPair } from '../../tools/certs/authority.ts';
import type { DevPki } from '../../tools/certs/index.ts';
import { read } from '../config/given.ts';
import { testPki } from '../fixtures/pki.ts';
import { closeAll, PATH, startEndpoint } from '../transport/rig.ts';

const HOUR = 3_600_000;
const LOOK_MS = 10;

let pki: DevPki;
let folder = '';
const timers: NodeJS.Timeout[] = [];
beforeAll(async () => {
  pki = await testPki();
  folder = mkdtempSync(join(tmpdir(), 'dk-renewal-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(async () => {
  for (const timer of timers.splice(0)) clearInterval(timer);
  await closeAll();
});

const at = (name: string): string => join(folder, name);
const write = (name: string, content: string | Buffer): void => writeFileSync(at(name), content);

/** The lists as they are published anew: that of the issuing authority is the one that changes. */
const publish = (issuing: string | Buffer): void => write('issuing.crl', issuing);
async function list(serials: readonly string[], nextUpdate = Date.now() + 24 * HOUR): Promise<string> {
  const der = await pki.issuingCrl({ serials, nextUpdate: new Date(nextUpdate) });
  return `-----BEGIN X509 CRL-----\n${der.toString('base64')}\n-----END X509 CRL-----\n`;
}

beforeEach(async () => {
  write('ca.pem', pki.caPem);
  write('above.crl', pki.root.crlPem + pki.domain.crlPem);
  publish(await list([]));
  keep('partij-a');
});

function keep(name: string): void {
  const { signing } = pki.party(name);
  write('signing.key', signing.keyPem);
  write('signing.crt', signing.certificatePem);
}

const trust = () => ({ caFiles: [at('ca.pem')], crlFiles: [at('above.crl'), at('issuing.crl')] });
const signing = () => [{ keyFile: at('signing.key'), certFile: at('signing.crt') }];
const configured = (more: object = {}): Config => read({ endpoint: { ...trust(), ...more }, signing: signing() });

type Told = readonly [EventName, EventFields['detail']];

/** What a gateway of this configuration asks and tells while its files are watched. */
function watched(config: Config, endpoint?: EbmsServer) {
  const observer = createObserver({ name: 'proef', level: 'silent' });
  const told: Told[] = [];
  observer.subscribe((event, { detail }) => told.push([event, detail]));
  const signers = signerTrust(config);
  const keys = signingKeys(config);
  const client = partnerClient(config);
  timers.push(watchCertificates({ config, endpoint, client, signers, keys, observer }, LOOK_MS));
  const next = async (): Promise<Told> => {
    for (let turn = 0; turn < 500 && told.length === 0; turn += 1) await pause(LOOK_MS);
    const [first] = told.splice(0);
    if (first === undefined) throw new Error('nothing was told');
    return first;
  };
  return { judge: signers.ask, key: keys.ask, told, next };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const signer = (name: string) => pki.party(name).signing;

describe('who may sign, while the gateway runs', () => {
  test('row 150 DK-076 a signer that is revoked after the start is refused from then on, the others are not', async () => {
    const { judge, next } = watched(configured());
    const { certificateDer, serial } = signer('partij-a');
    expect(judge(certificateDer, Date.now())).toBeUndefined();
    publish(await list([serial]));
    expect(await next()).toEqual(['certificate.reloaded', 'ondertekenaars']);
    expect(judge(certificateDer, Date.now())).toMatch(/revoked/);
    expect(judge(signer('partij-b').certificateDer, Date.now())).toBeUndefined();
  });

  test('PKI003 after the nextUpdate of the list that was there at the start, the one that came in its place counts', async () => {
    // Lists end on whole seconds.
    const ends = Date.now() + HOUR;
    publish(await list([], ends));
    const { judge, next } = watched(configured());
    const { certificateDer } = signer('partij-a');
    expect(judge(certificateDer, ends - 2_000)).toBeUndefined();
    expect(judge(certificateDer, ends + 2_000)).toMatch(/crlStale/);
    publish(await list([], ends + HOUR));
    await next();
    expect(judge(certificateDer, ends + 2_000)).toBeUndefined();
    expect(judge(certificateDer, ends + HOUR + 2_000)).toMatch(/crlStale/);
  });

  test('PKI003 a list is read as its authority publishes it, in DER, as well as in PEM', async () => {
    const { certificateDer, serial } = signer('partij-a');
    publish(await pki.issuingCrl({ serials: [] }));
    const { judge, next } = watched(configured());
    expect(judge(certificateDer, Date.now())).toBeUndefined();
    publish(await pki.issuingCrl({ serials: [serial] }));
    expect((await next())[0]).toBe('certificate.reloaded');
    expect(judge(certificateDer, Date.now())).toMatch(/revoked/);
  });

  test('PKI003 row 89 an authority that is taken out of the list is trusted no more', async () => {
    const { judge, next } = watched(configured());
    expect(judge(signer('partij-a').certificateDer, Date.now())).toBeUndefined();
    write('ca.pem', pki.root.certificatePem);
    await next();
    expect(judge(signer('partij-a').certificateDer, Date.now())).toMatch(/unknownIssuer/);
  });

  test('row 100 what cannot be read or is gone is told once and the old lists stay; what comes after it counts', async () => {
    const { judge, told, next } = watched(configured());
    const { certificateDer, serial } = signer('partij-a');
    publish('-----BEGIN X509 CRL-----\nMII\n-----END X509 CRL-----\n');
    expect(await next()).toEqual(['certificate.refused', expect.stringMatching(/^ondertekenaars: crl\[1\]: ./)]);
    rmSync(at('issuing.crl'));
    expect(await next()).toEqual(['certificate.refused', expect.stringContaining(at('issuing.crl'))]);
    await pause(10 * LOOK_MS);
    expect(told).toEqual([]);
    expect(judge(certificateDer, Date.now())).toBeUndefined();
    publish(await list([serial]));
    expect((await next())[0]).toBe('certificate.reloaded');
    expect(judge(certificateDer, Date.now())).toMatch(/revoked/);
  });
});

describe('who may come in behind a proxy that ends TLS, while the gateway runs', () => {
  test('row 94 PKI003 a client certificate that is revoked after the start gets 403', async () => {
    const config = configured({ trustedProxies: ['127.0.0.1'] });
    const listener = { ca: [pki.caPem], crl: [pki.root.crlPem, pki.domain.crlPem, await list([])] };
    const { server, port } = await startEndpoint({
      listener: { kind: 'proxy', proxies: ['127.0.0.1'], trust: listener },
    });
    const { next } = watched(config, server);
    const { certificateDer, serial } = pki.party('partij-a').tls;
    expect(await forward(port, certificateDer)).toBe(204);
    publish(await list([serial]));
    expect(await next()).toEqual(['certificate.reloaded', 'endpoint, ondertekenaars']);
    expect(await forward(port, certificateDer)).toBe(403);
    expect(await forward(port, pki.party('partij-b').tls.certificateDer)).toBe(204);
  });

  function forward(port: number, certificate: Buffer): Promise<number> {
    const headers = { 'X-SSL-Client-Cert': certificate.toString('base64') };
    return new Promise((resolve, reject) => {
      const request = httpRequest({ port, host: '127.0.0.1', method: 'POST', path: PATH, headers }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode ?? 0));
      });
      request.on('error', reject);
      request.end('<x/>');
    });
  }
});

describe('what production does not start with', () => {
  test('architecture 3.12 a development certificate that comes in the place of another is told and not taken over', async () => {
    const keys = await newKeyPair(2048);
    const now = new Date();
    const own = await makeAuthority({ commonName: 'Eigen CA', organisation: 'Eigen', keys, style: 'pkcs1', now });
    const mine = await own.issue({ commonName: 'eigen', purpose: 'signing' }, keys);
    write('ca.pem', own.pem);
    write('signing.key', mine.keyPem);
    write('signing.crt', mine.certificatePem);
    const mode = 'production' as const;
    const { key, judge, next, told } = watched({ ...configured(), mode });
    write('ca.pem', own.pem + pki.caPem);
    expect(await next()).toEqual(['certificate.refused', expect.stringContaining(': endpoint.caFiles.0: ')]);
    expect(judge(signer('partij-a').certificateDer, Date.now())).toMatch(/unknownIssuer/);
    keep('partij-a');
    expect(await next()).toEqual(['certificate.refused', expect.stringContaining(': signing.0.certFile: ')]);
    expect(key(mine.fingerprint)).toBeDefined();
    expect(key(signer('partij-a').fingerprint)).toBeUndefined();
    expect(told).toEqual([]);
  });
});

describe('with what we sign, while the gateway runs', () => {
  test('row 100 a key roll is taken over; a key of another certificate is told and the pair in use stays', async () => {
    const { key, next } = watched(configured());
    const [old, fresh] = [signer('partij-a'), signer('partij-b')];
    write('signing.key', fresh.keyPem);
    expect(await next()).toEqual([
      'certificate.refused',
      expect.stringMatching(/^signing: 0\.keyFile: .*hoort niet bij/),
    ]);
    expect(key(old.fingerprint)).toBeDefined();
    keep('partij-b');
    expect(await next()).toEqual(['certificate.reloaded', 'signing']);
    expect(key(fresh.fingerprint)?.certificateDer).toEqual(fresh.certificateDer);
    expect(key(old.fingerprint)).toBeUndefined();
  });
});
