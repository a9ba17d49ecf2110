// A first start without any configuration: an API key for this run only, and on the console which doors are open.
import { createHash, randomBytes } from 'node:crypto';
import type { Config } from './config/index.ts';

export interface FirstRun {
  readonly config: Config;
  /** Told on the console and kept nowhere; the configuration has its hash. */
  readonly key: string;
}

/** Only development gets a key that nobody chose; undefined when there is nothing to add. */
export function firstRun(config: Config): FirstRun | undefined {
  if (config.mode !== 'development' || !config.roles.includes('api') || config.api.keys.length > 0) return undefined;
  const key = randomBytes(24).toString('base64url');
  const sha256 = createHash('sha256').update(key).digest('hex');
  const keys: Config['api']['keys'] = [{ name: 'eerste-start', sha256, roles: ['application', 'operator'] }];
  return { key, config: { ...config, api: { ...config.api, keys } } };
}

/** For a person at a console, not for the log: the key is in it. */
export function firstRunText(key: string, doors: { addresses: readonly string[]; closed: readonly string[] }): string {
  const lines = [
    'Er is geen gateway.json: deze gateway draait in ontwikkelmodus.',
    ...doors.addresses.map((address) => `  open   ${address}`),
    ...doors.closed.map((why) => `  dicht  ${why}`),
    `API-sleutel, alleen zolang dit proces draait:  export DK_KEY=${key}`,
    'Een gateway.json om mee te beginnen staat in README onder Configuration; `npm run demo -- --keep` laat alles zien.',
  ];
  return `\n${lines.join('\n')}\n\n`;
}
