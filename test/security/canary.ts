// A server on loopback that must never be called: a connection is a fetch caused by the content of a message.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Canary {
  readonly url: string;
  /** Connections so far; anything but 0 is a fetch caused by message content. */
  calls(): number;
  close(): Promise<void>;
}

export async function openCanary(): Promise<Canary> {
  let calls = 0;
  const server: Server = createServer((_request, response) => response.end());
  server.on('connection', () => {
    calls += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls: () => calls,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
