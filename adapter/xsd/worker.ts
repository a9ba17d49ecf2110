// The thread for large documents: compiles schemas for itself, and reads or validates one document at a time.
import { parentPort, workerData } from 'node:worker_threads';
import { readStuf } from '../stuf/index.ts';
import { readCatalogue } from './catalogue.ts';
import { createCompiler } from './compile.ts';
import type { Task } from './worker-pool.ts';

const { folder } = workerData as { folder: string };
const catalogue = readCatalogue(folder);
const compiler = createCompiler(folder);

function validate(bytes: Uint8Array, schemaId: string): void {
  const entry = catalogue.byId(schemaId);
  if (entry === undefined) throw new Error(`no schema ${schemaId}`);
  parentPort?.postMessage(compiler.validate(bytes, entry));
}

parentPort?.on('message', ({ bytes, schemaId }: Task) => {
  if (schemaId === undefined) parentPort?.postMessage(readStuf(bytes));
  else validate(bytes, schemaId);
});
