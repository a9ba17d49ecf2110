// What a production gateway refuses to start with, each by itself (architecture 3.12).
import { describe, expect, test } from '@jest/globals';
import { OIN, PRODUCTION, read, refusedAt } from './given.ts';

const { endpoint, client } = PRODUCTION;
const without = <T extends object>(value: T, ...names: (keyof T)[]): Partial<T> =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name as keyof T))) as Partial<T>;

describe('architecture 3.12 production', () => {
  test('a sound production configuration is accepted', () => {
    expect(read(PRODUCTION)).toMatchObject({ mode: 'production', parties: [OIN] });
  });

  const refused: readonly (readonly [string, object, readonly string[]])[] = [
    ['no OIN of its own', { parties: [] }, ['parties']],
    ['a PartyId of a test environment', { parties: [OIN, `${OIN}_T`] }, ['parties.1']],
    [
      'no server certificate and no proxy',
      { endpoint: without(endpoint, 'keyFile', 'certFile') },
      ['endpoint.certFile'],
    ],
    ['PKI003 no revocation list for clients', { endpoint: without(endpoint, 'crlFiles') }, ['endpoint.crlFiles']],
    ['PKI003 no revocation list for partners', { client: without(client, 'crlFiles') }, ['client.crlFiles']],
    ['a port without TLS', { endpoint: { ...endpoint, plainHttpPort: 8081 } }, ['endpoint.plainHttpPort']],
    [
      'a port without TLS that the system chooses',
      { endpoint: { ...endpoint, plainHttpPort: 0 } },
      ['endpoint.plainHttpPort'],
    ],
    ['SHA-1', { policy: { allowSha1: true } }, ['policy.allowSha1']],
    ['http addresses', { policy: { allowHttp: true } }, ['policy.allowHttp']],
    ['localhost addresses', { policy: { allowLocalhost: true } }, ['policy.allowLocalhost']],
    ['house rule 1 a store that a restart empties', { store: 'sqlite::memory:' }, ['store']],
    [
      'a development key of the endpoint',
      { endpoint: { ...endpoint, keyFile: 'certs-dev/a.key' } },
      ['endpoint.keyFile'],
    ],
    [
      'a development certificate',
      { endpoint: { ...endpoint, certFile: '/opt/certs-dev/a.pem' } },
      ['endpoint.certFile'],
    ],
    [
      'a development root',
      { endpoint: { ...endpoint, caFiles: ['a.pem', './certs-dev/r.pem'] } },
      ['endpoint.caFiles.1'],
    ],
    ['a development revocation list', { client: { ...client, crlFiles: ['certs-dev\\r.crl'] } }, ['client.crlFiles.0']],
    ['a development client key', { client: { ...client, keyFile: '.demo/a.key' } }, ['client.keyFile']],
    ['a development client certificate', { client: { ...client, certFile: '../.demo/a.pem' } }, ['client.certFile']],
    ['a development partner root', { client: { ...client, caFiles: ['certs-dev/r.pem'] } }, ['client.caFiles.0']],
    [
      'a development signing pair',
      { signing: [...PRODUCTION.signing, { keyFile: 'certs-dev/s.key', certFile: 'certs-dev/s.pem' }] },
      ['signing.1.keyFile', 'signing.1.certFile'],
    ],
  ];

  test.each(refused)('%s is refused, at its option', (_title, change, where) => {
    expect(refusedAt({ ...PRODUCTION, ...change })).toEqual(where);
  });

  test.each(refused)('%s is allowed in development', (_title, change) => {
    expect(refusedAt({ ...PRODUCTION, ...change, mode: 'development' })).toEqual([]);
  });

  test('row 94 behind a proxy that ends TLS no server certificate is needed', () => {
    const behind = { ...without(endpoint, 'keyFile', 'certFile'), trustedProxies: ['10.0.0.0/24'] };
    expect(refusedAt({ ...PRODUCTION, endpoint: behind })).toEqual([]);
  });

  test('a folder whose name only begins like the development folder is no development folder', () => {
    expect(refusedAt({ ...PRODUCTION, endpoint: { ...endpoint, keyFile: 'certs-development/a.key' } })).toEqual([]);
  });

  test('all refusals come at once', () => {
    expect(
      [...refusedAt({ mode: 'production', store: 'sqlite::memory:', policy: { allowHttp: true } })].sort(),
    ).toEqual(['client.crlFiles', 'endpoint.certFile', 'endpoint.crlFiles', 'parties', 'policy.allowHttp', 'store']);
  });
});
