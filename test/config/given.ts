// Builders of configurations for the tests: a production configuration that is accepted, and readers of what is refused.
import { type Config, readConfig } from '../../adapter/config/index.ts';

export const OIN = '00000001234567890000';

/** A production configuration without anything to refuse. */
export const PRODUCTION = {
  mode: 'production',
  parties: [OIN],
  endpoint: {
    keyFile: 'tls/server.key',
    certFile: 'tls/server.pem',
    caFiles: ['tls/roots.pem'],
    crlFiles: ['tls/clients.crl'],
  },
  client: { keyFile: 'tls/client.key', certFile: 'tls/client.pem', crlFiles: ['tls/servers.crl'] },
  signing: [{ keyFile: 'sign/key.pem', certFile: 'sign/cert.pem' }],
} as const;

export function read(options: unknown, env: Readonly<Record<string, string>> = {}): Config {
  const result = readConfig(env, JSON.stringify(options));
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}

/** Where the problems are; none when the configuration is accepted. */
export function refusedAt(options: unknown, env: Readonly<Record<string, string>> = {}): readonly string[] {
  const result = readConfig(env, JSON.stringify(options));
  return result.ok ? [] : result.error.map((issue) => issue.where);
}
