// The validation thread: compiles schemas for itself and validates one document at a time.
import { parentPort, workerData } from 'node:worker_threads';
import { readCatalogue } from './catalogue.ts';
import { createCompiler } from './compile.ts';

const { folder } = workerData as { folder: string };
const catalogue = readCatalogue(folder);
const compiler = createCompiler(folder);

parentPort?.on('message', ({ bytes, schemaId }: { bytes: Uint8Array; schemaId: string }) => {
  const entry = catalogue.byId(schemaId);
  if (entry === undefined) throw new Error(`no schema ${schemaId}`);
  parentPort?.postMessage(compiler.validate(bytes, entry));
});
