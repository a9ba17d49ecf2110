// More connections than the listener takes (row 97): the bound holds, who is connected is served, and who is slow makes room.
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { SERVER_LIMITS, type ServerLimits } from '../../adapter/transport/index.ts';
import { closeAll, exchangeRaw, PATH, soon, startEndpoint, statuses, tcp } from './rig.ts';

const FLOOD = 5000;
const AT_ONCE = 100;
/** Both ends of what is taken and one end of what is not are files of this process. */
const FILES_NEEDED = FLOOD + SERVER_LIMITS.maxConnections + 500;

/** A connection costs some 0.13 ms at both ends together, and 5,000 of them 40 MB; a busy machine takes several times that. */
const MOST_CPU_MS = 2;
const MOST_BYTES = 150 * 1024 * 1024;

const WHOLE = `POST ${PATH} HTTP/1.1\r\nHost: l\r\nContent-Type: text/xml\r\nContent-Length: 4\r\n\r\n<x/>`;

const flooding: Socket[] = [];
let watch: NodeJS.Timeout | undefined;
afterEach(async () => {
  clearInterval(watch);
  for (const socket of flooding.splice(0)) socket.destroy();
  await closeAll();
});

/** Of this process; undefined where the system does not tell. */
function openFilesLimit(): number | undefined {
  const report = process.report.getReport() as { userLimits?: { open_files?: { soft?: number | string } } };
  const soft = report.userLimits?.open_files?.soft;
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft ?? Number.NaN) || undefined;
}

/** One connection that begins a request and never ends it; resolves when it stands or was refused. */
const half = (port: number, localAddress: string): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress }, () => {
      socket.write(`POST ${PATH} HTTP/1.1\r\nHost: l`);
      resolve();
    });
    socket.on('error', () => resolve());
    socket.resume();
    flooding.push(socket);
  });

/** From as many addresses as it takes to stay within what one address may have. */
async function flood(port: number, count: number): Promise<void> {
  for (let from = 0; from < count; from += AT_ONCE) {
    const address = `127.0.0.${2 + Math.floor(from / SERVER_LIMITS.maxConnectionsPerAddress)}`;
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - from) }, () => half(port, address)));
  }
}

async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 3000 && !holds(); turn += 1) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(holds()).toBe(true);
}

/** One message over a connection that stands; its status, or 0 when the connection ended. */
const postOn = (socket: Socket): Promise<number> => soon('who is connected', answerOn(socket));

const answerOn = (socket: Socket): Promise<number> =>
  new Promise((resolve) => {
    const ended = (): void => resolve(0);
    socket.once('close', ended).once('data', (chunk: Buffer) => {
      socket.off('close', ended);
      resolve(statuses(chunk.toString('latin1'))[0] ?? 0);
    });
    socket.write(WHOLE);
  });

async function flooded(count: number, limits: Partial<ServerLimits>) {
  const { maxConnections } = { ...SERVER_LIMITS, ...limits };
  const { server, port, events } = await startEndpoint({ listener: { kind: 'plain' }, limits });
  const neighbour = await tcp(port);
  expect(await postOn(neighbour)).toBe(204);
  let highest = 0;
  let mostMemory = 0;
  const memory = process.memoryUsage().rss;
  const cpu = process.cpuUsage();
  watch = setInterval(() => {
    highest = Math.max(highest, server.load().connections);
    mostMemory = Math.max(mostMemory, process.memoryUsage.rss() - memory);
  }, 1);
  const storm = flood(port, count);
  for (let meanwhile = 0; meanwhile < 10; meanwhile += 1) expect(await postOn(neighbour)).toBe(204);
  await storm;
  const refused = () => events.filter(({ kind }) => kind === 'connection.refused').length;
  await until(() => refused() === count + 1 - maxConnections);
  const { user, system } = process.cpuUsage(cpu);
  expect((user + system) / 1000 / count).toBeLessThan(MOST_CPU_MS);
  expect(mostMemory).toBeLessThan(MOST_BYTES);
  expect(events).toContainEqual(
    expect.objectContaining({ kind: 'connection.refused', reason: 'te veel verbindingen' }),
  );
  expect(server.load().connections).toBe(maxConnections);
  expect(highest).toBe(maxConnections);
  expect(await postOn(neighbour)).toBe(204);
  expect((await exchangeRaw(await tcp(port), WHOLE)).text).toBe('');
  // Their requests never get whole: the time for headers ends, and there is room for anybody.
  await until(() => server.load().connections === 1);
  expect(await postOn(neighbour)).toBe(204);
  expect(await postOn(await tcp(port))).toBe(204);
}

describe('row 97 floods of connections', () => {
  test(
    'row 97 a total of 20: sixty come, twenty are held, a partner that is connected is served',
    () => flooded(60, { maxConnections: 20, headersTimeoutMs: 2000 }),
    60_000,
  );

  const files = openFilesLimit() ?? 0;
  const possible = process.platform === 'linux' && files >= FILES_NEEDED;
  (possible ? test : test.skip)(
    `row 97 ${FLOOD} connections to the total of ${SERVER_LIMITS.maxConnections} (skipped unless on Linux with ${FILES_NEEDED} open files; here ${files})`,
    () => flooded(FLOOD, { headersTimeoutMs: 20_000 }),
    120_000,
  );
});
