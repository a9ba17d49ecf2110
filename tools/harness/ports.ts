// Ports that stay ours while their gateway is down: below the range from which the system takes ports for connections.
import { createServer } from 'node:net';

const FIRST = 12_000;
const LAST = 31_000;
const MOST_TRIES = 500;

/** Different ports that nobody listens on now. */
export async function steadyPorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  for (let i = 0; i < MOST_TRIES && found.size < count; i += 1) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (await isFree(port)) found.add(port);
  }
  return [...found];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
