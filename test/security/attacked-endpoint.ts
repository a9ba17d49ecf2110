// An endpoint under attack: another partner with a connection of its own is served meanwhile, and the attack costs no more than it may.
import type { ConnectionOptions } from 'node:tls';
import { expect } from '@jest/globals';
import type { DevIdentity } from '../../tools/certs/index.ts';
import { testPki } from '../fixtures/pki.ts';
import { type Endpoint, exchangeRaw, PATH, SERVED_WITHIN_MS, soon, statuses, tcp, tls } from '../transport/rig.ts';
import { type Bounds, boundsFor, cpuSecondsOf, openLedger, openPeak } from './cost.ts';

const MB = 1024 * 1024;
/** Against denial of service: no attack on the head or the handshake is more than some kilobytes and a few signatures. */
const BOUNDS: Bounds = { cpuSeconds: 2, keptBytes: 16 * MB, peakBytes: 128 * MB };
const OIN_C = '00000099000000003000';
const IS_NEIGHBOUR = 'x-neighbour';

/** With which the neighbour connects; nothing where the endpoint itself has no TLS. Made once. */
async function neighbourOf({ url }: Endpoint): Promise<ConnectionOptions | undefined> {
  if (url.startsWith('http:')) return undefined;
  const pki = await testPki();
  issued ??= pki.issue({ oin: OIN_C, commonName: 'partij-c' });
  const { keyPem: key, chainPem: cert } = await issued;
  return { ca: pki.caPem, key, cert };
}
let issued: Promise<DevIdentity> | undefined;

/** Who else is served: where a proxy stands before the endpoint, `lines` are those with which it tells who that is. */
export interface Neighbour {
  readonly lines?: readonly string[];
  /** Another address of the loopback than that of the attack. */
  readonly from?: string;
}

/** So long its answer is waited for: it must be the bound that fails, not the patience. */
const PATIENCE_MS = 2 * SERVED_WITHIN_MS;

async function answersTo(endpoint: Endpoint, { lines = [], from }: Neighbour) {
  const { port } = endpoint;
  const identity = lines.length > 0 ? undefined : await neighbourOf(endpoint);
  const socket = await (identity === undefined ? tcp(port, from) : tls(port, identity));
  const head = [`POST ${PATH} HTTP/1.1`, 'Host: localhost', `${IS_NEIGHBOUR}: yes`, ...lines, 'Connection: close'];
  const { text } = await exchangeRaw(socket, [...head, 'Content-Length: 4', '', '<x/>'].join('\r\n'), PATIENCE_MS);
  return statuses(text);
}

/** Runs the attack with a request of the neighbour beside it. The neighbour's is taken out of what the door has seen. */
export async function underAttack<T>(
  endpoint: Endpoint,
  attack: () => Promise<T>,
  neighbour: Neighbour = {},
): Promise<T> {
  const bounds = boundsFor('an endpoint', BOUNDS);
  const ledger = openLedger();
  const peak = openPeak();
  const { result, cpu } = await cpuSecondsOf(async () => {
    const underWay = attack();
    const [outcome, answers] = await Promise.all([underWay, soon('the neighbour', answersTo(endpoint, neighbour))]);
    expect(answers).toEqual([204]);
    return outcome;
  });
  expect(cpu).toBeLessThan(bounds.cpuSeconds);
  expect(peak()).toBeLessThan(bounds.peakBytes);
  expect(await ledger.keptBytes(bounds.keptBytes)).toBeLessThan(bounds.keptBytes);
  const at = endpoint.seen.findIndex(({ request }) => request.headers[IS_NEIGHBOUR] === 'yes');
  expect(at).toBeGreaterThanOrEqual(0);
  endpoint.seen.splice(at, 1);
  return result;
}
