// A list of IP addresses and CIDR ranges, asked for every request behind a proxy.
import { BlockList, isIP } from 'node:net';

export interface AddressList {
  has(address: string): boolean;
}

export const PROXIES_EXPECTED = 'IP-adressen of CIDR-reeksen, zoals 10.0.0.5 of 10.0.0.0/24; geen reeks van alles';

/** Reads `10.0.0.5`, `10.0.0.0/24`, `fd00::/8`; undefined when an entry is neither, so that a typing error stops the start. */
export function parseAddressList(entries: readonly string[]): AddressList | undefined {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', prefix, ...rest] = entry.trim().split('/');
    const family = isIP(address);
    if (family === 0 || rest.length > 0) return undefined;
    const bits = prefix === undefined ? (family === 4 ? 32 : 128) : readPrefix(prefix, family);
    if (bits === undefined) return undefined;
    list.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6');
  }
  return { has: (address) => isListed(list, plainAddress(address)) };
}

function readPrefix(text: string, family: number): number | undefined {
  const bits = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  // A range of everything would believe anybody.
  return bits >= 1 && bits <= (family === 4 ? 32 : 128) ? bits : undefined;
}

function isListed(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** An IPv4 address on a dual-stack socket shows as `::ffff:10.0.0.5`. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address;
}
