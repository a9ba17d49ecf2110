// Schema validation: a catalogue of schemas, verdicts with place and facet but without values, large documents in workers.
import { fileURLToPath } from 'node:url';
import { readOrPeek } from '../stuf/index.ts';
import { readCatalogue } from './catalogue.ts';
import { createCompiler } from './compile.ts';
import { type Identified, identify } from './identify.ts';
import type { DocumentUse, SchemaEntry, SchemaFindings, SchemaValidator } from './types.ts';
import { createWorkerPool, type WorkerLimits } from './worker-pool.ts';

export type { DocumentKind, Identified } from './identify.ts';
export type * from './types.ts';
export { ValidationStopped, ValidatorClosed, type WorkerLimits } from './worker-pool.ts';

/** Documents up to this size are validated where they are; larger ones in a worker (D3). */
export const INLINE_VALIDATION_BYTES = 256 * 1024;

export interface Schemas extends SchemaValidator {
  identify(bytes: Uint8Array): Identified | undefined;
}

/** Opens the schemas of a folder. Each is compiled at its first use and kept. */
export async function openSchemas(folder: URL | string, limits?: WorkerLimits): Promise<Schemas> {
  const path = folder instanceof URL ? fileURLToPath(folder) : folder;
  const catalogue = readCatalogue(path);
  const compiler = createCompiler(path);
  const pool = createWorkerPool(path, limits);
  const findingsOf = (bytes: Uint8Array, entry: SchemaEntry, use: DocumentUse): Promise<SchemaFindings> =>
    bytes.length > INLINE_VALIDATION_BYTES
      ? pool.validate(bytes, entry.id, use)
      : Promise.resolve(compiler.validate(bytes, entry));
  return {
    entries: catalogue.entries,
    find: catalogue.byRoot,
    forFunctie: catalogue.byFunctie,
    identify: (bytes) => identify(bytes, catalogue),
    async validate(bytes, schemaId, use = 'kept') {
      const schema = catalogue.byId(schemaId);
      if (schema === undefined) throw new Error(`no schema ${schemaId} in the catalogue`);
      const findings = await findingsOf(bytes, schema, use);
      return { schema, valid: findings.issues.length === 0, ...findings };
    },
    readStuf: (bytes, use = 'kept') =>
      bytes.length > INLINE_VALIDATION_BYTES ? pool.readStuf(bytes, use) : Promise.resolve(readOrPeek(bytes)),
    close: () => pool.close(),
  };
}
