// The connections that a process accepted, so that a harness can break them all.
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** Watches from now on; the function returned breaks what is open and says how many that were. */
export function watchSockets(): () => number {
  const open = new Set<Socket>();
  subscribe('net.server.socket', (message) => {
    const { socket } = message as { readonly socket: Socket };
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return () => {
    const count = open.size;
    for (const socket of open) socket.destroy();
    return count;
  };
}
