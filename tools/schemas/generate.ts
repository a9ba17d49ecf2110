// Makes the XSDs of the iStandaarden and schemas/catalogue.json from the tables; run it after a change of a table.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SchemaEntry } from '../../adapter/xsd/types.ts';
import { models, type StandardModel } from './model.ts';
import { schemaFile, writeBasisschema, writeMessage } from './write.ts';
import { WRITTEN, type WrittenRow } from './written.ts';

/** Path below `schemas/` to text, of every file this tool owns; the hand-written XSDs are read for their hash only. */
export function generate(schemasDirectory: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const rows: WrittenRow[] = [...WRITTEN];
  for (const standard of models()) {
    files.set(`${standard.table.id}/${schemaFile(standard, 'basisschema')}`, writeBasisschema(standard));
    for (const message of standard.messages) {
      const row = messageRow(standard, message);
      files.set(row.file, writeMessage(standard, message));
      rows.push(row);
    }
  }
  const textOf = (file: string): string => files.get(file) ?? readFileSync(join(schemasDirectory, file), 'utf8');
  const entries = rows.map((row): SchemaEntry => ({ ...row, sha256: sha256(textOf(row.file)) }));
  files.set('catalogue.json', `${JSON.stringify(entries, undefined, 1)}\n`);
  return files;
}

function messageRow(standard: StandardModel, message: StandardModel['messages'][number]): WrittenRow {
  const { id, version, grade, origin, confidence } = standard.table;
  return {
    id: `${id}/${message.prefix}`,
    file: `${id}/${schemaFile(standard, message.code)}`,
    rootName: 'Bericht',
    rootNamespace: message.namespace,
    standard: standard.table.standard,
    message: message.code,
    ...(message.berichtCode === undefined ? {} : { berichtCode: message.berichtCode }),
    version,
    grade,
    origin,
    confidence,
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const directory = process.argv[2] ?? 'schemas';
  for (const [file, text] of generate(directory)) {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), text);
  }
}
