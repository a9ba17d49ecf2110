// Certificates of `dk certs dev` under other names: a production start finds each by what it says, at its option (architecture 3.12).
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Refused } from '../../adapter/files.ts';
import { checkMaterial } from '../../adapter/material-check.ts';
import { createObserver } from '../../adapter/observe/index.ts';
import { makeAuthority, newKeyPair } from '../../tools/certs/authority.ts';
import { OIN, read } from '../config/given.ts';
import { OIN_A, testPki } from '../fixtures/pki.ts';

let folder = '';
const at = (name: string): string => join(folder, name);

/** Own files of an authority that is nobody's development PKI, and those of `dk certs dev` under names that tell nothing. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dk-check-'));
  const keys = await newKeyPair(2048);
  const now = new Date();
  const own = await makeAuthority({ commonName: 'Eigen CA', organisation: 'Eigen', keys, style: 'pkcs1', now });
  const leaf = await own.issue({ oin: OIN_A, commonName: 'eigen' }, keys);
  const crl = await own.crl({
    serials: [],
    thisUpdate: new Date(now.getTime() - 3_600_000),
    nextUpdate: new Date(now.getTime() + 86_400_000),
  });
  const pki = await testPki();
  const made = pki.party('partij-a');
  const files = {
    key: leaf.keyPem,
    crt: leaf.certificatePem,
    ca: own.pem,
    crl,
    'tls-elders.key': made.tls.keyPem,
    'tls-elders': made.tls.certificatePem,
    'teken-elders.key': made.signing.keyPem,
    'teken-elders': made.signing.certificatePem,
    'keten-elders': own.pem + pki.caPem,
    'ca-elders': pki.issuing.certificateDer,
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const side = (change: object = {}) => ({
  keyFile: at('key'),
  certFile: at('crt'),
  caFiles: [at('ca')],
  crlFiles: [at('crl')],
  ...change,
});
/** Behind a proxy that ends TLS the endpoint has no key of its own. */
const proxied = (...caFiles: readonly string[]) => ({
  trustedProxies: ['127.0.0.1'],
  caFiles: caFiles.map(at),
  crlFiles: [at('crl')],
});

/** Where a start with these options is refused. */
function refusedAt(change: object, mode: 'production' | 'development' = 'production'): readonly string[] {
  const signing = [{ keyFile: at('key'), certFile: at('crt') }];
  const options = { mode, parties: [OIN], endpoint: side(), client: side(), signing, ...change };
  try {
    checkMaterial(read(options), createObserver({ name: 'proef', level: 'silent' }));
    return [];
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return error.issues.map(({ where }) => where);
  }
}

describe('architecture 3.12 development certificates that were copied elsewhere', () => {
  test('files of another authority are taken, behind a proxy too', () => {
    expect(refusedAt({})).toEqual([]);
    expect(refusedAt({ endpoint: proxied('ca') })).toEqual([]);
  });

  const refused: readonly (readonly [string, () => object, readonly string[]])[] = [
    [
      'a server certificate, without its authority',
      () => ({ endpoint: side({ keyFile: at('tls-elders.key'), certFile: at('tls-elders') }) }),
      ['endpoint.certFile'],
    ],
    [
      'a client certificate, without its authority',
      () => ({ client: side({ keyFile: at('tls-elders.key'), certFile: at('tls-elders') }) }),
      ['client.certFile'],
    ],
    [
      'a signing certificate',
      () => ({
        signing: [
          { keyFile: at('key'), certFile: at('crt') },
          { keyFile: at('teken-elders.key'), certFile: at('teken-elders') },
        ],
      }),
      ['signing.1.certFile'],
    ],
    ['an authority behind a proxy', () => ({ endpoint: proxied('ca', 'ca-elders') }), ['endpoint.caFiles.1']],
    [
      'an authority among others',
      () => ({ endpoint: side({ caFiles: [at('keten-elders')] }) }),
      ['endpoint.caFiles.0'],
    ],
    [
      'an authority of partners, without a client key',
      () => ({ client: { caFiles: [at('ca-elders')], crlFiles: [at('crl')] } }),
      ['client.caFiles.0'],
    ],
  ];
  test.each(refused)('%s is refused in production and taken in development', (_, change, where) => {
    expect(refusedAt(change())).toEqual(where);
    expect(refusedAt(change(), 'development')).toEqual([]);
  });

  test('all are told at once', () => {
    const signing = [{ keyFile: at('teken-elders.key'), certFile: at('teken-elders') }];
    expect(refusedAt({ endpoint: proxied('keten-elders'), signing })).toEqual([
      'endpoint.caFiles.0',
      'signing.0.certFile',
    ]);
  });
});
