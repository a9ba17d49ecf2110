// Lets the demo and testers steer a running partner: a small HTTP interface on loopback.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BEHAVIOUR_EXPECTED, parseBehaviour } from './behaviours.ts';
import { readDispatch } from './dispatch-json.ts';
import type { Partner } from './partner.ts';
import { readAll } from './wire.ts';

export interface Control {
  listen(port: number): Promise<{ port: number }>;
  close(): Promise<void>;
}

/** GET / · GET /log · GET /recording?messageId= · POST /send · POST /misbehave?what=dropAck:2 · POST /behave. Listens on 127.0.0.1 only. */
export function createControl(partner: Partner): Control {
  const server: Server = createServer((request, response) => {
    handle(request, response, partner).catch((error: unknown) => {
      answer(response, 400, { error: error instanceof Error ? error.message : 'failed' });
    });
  });
  return {
    listen: (port) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', () => resolve({ port: (server.address() as AddressInfo).port }));
      }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const ROUTES = 'GET /, GET /log, GET /recording?messageId=…, POST /send, POST /misbehave?what=… of POST /behave';

async function handle(request: IncomingMessage, response: ServerResponse, partner: Partner): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const route = `${request.method} ${url.pathname}`;
  if (route === 'GET /') return answer(response, 200, { name: partner.name });
  if (route === 'GET /recording') return recording(url.searchParams.get('messageId') ?? '', response, partner);
  if (route === 'GET /log') return answer(response, 200, partner.log());
  if (route === 'POST /send') {
    const message = readDispatch((await readAll(request)).toString('utf8'));
    return answer(response, 200, await partner.send(message));
  }
  if (route === 'POST /misbehave') {
    const what = url.searchParams.get('what') ?? '';
    const behaviour = parseBehaviour(what);
    if (behaviour === undefined)
      return answer(response, 400, { error: `what: gevonden ${JSON.stringify(what)}; ${BEHAVIOUR_EXPECTED}` });
    partner.misbehave(behaviour);
    return answer(response, 200, behaviour);
  }
  if (route === 'POST /behave') {
    partner.behave();
    return answer(response, 200, {});
  }
  return answer(response, 404, { error: `${route} is er niet; verwacht ${ROUTES}` });
}

/** A received message as it came, with its HTTP headers in front: food for `dk message inspect`. */
function recording(messageId: string, response: ServerResponse, partner: Partner): void {
  const bytes = partner.recording(messageId);
  if (bytes === undefined) answer(response, 404, { error: 'messageId: geen bericht met dit MessageId ontvangen' });
  else response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(bytes);
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
