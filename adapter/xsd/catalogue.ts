// Reads schemas/catalogue.json and finds the entry for a root element or for a functie of the StUF envelope.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SchemaEntry } from './types.ts';

export interface Catalogue {
  readonly entries: readonly SchemaEntry[];
  byId(id: string): SchemaEntry | undefined;
  byRoot(namespace: string, name: string): SchemaEntry | undefined;
  byFunctie(functie: string, versie: string, subversie: string): SchemaEntry | undefined;
}

/** Throws when the folder has no catalogue: the program cannot check anything without it. */
export function readCatalogue(folder: string): Catalogue {
  const entries = JSON.parse(readFileSync(join(folder, 'catalogue.json'), 'utf8')) as SchemaEntry[];
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const byRoot = new Map<string, SchemaEntry>();
  const byMessage = new Map<string, SchemaEntry>();
  for (const entry of entries) {
    const key = `${entry.rootNamespace}|${entry.rootName}`;
    if (!byRoot.has(key)) byRoot.set(key, entry);
    if (entry.message !== undefined) byMessage.set(`${entry.message.toUpperCase()}|${entry.version}`, entry);
  }
  return {
    entries,
    byId: (id) => byId.get(id),
    byRoot: (namespace, name) => byRoot.get(`${namespace}|${name}`),
    byFunctie: (functie, versie, subversie) =>
      byMessage.get(`${functie.toUpperCase()}|${Number(versie)}.${Number(subversie)}`),
  };
}
