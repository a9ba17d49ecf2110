// The thread for large documents: compiles schemas for itself, and reads or validates one document at a time.
import { parentPort, workerData } from 'node:worker_threads';
import { readOrPeek } from '../stuf/index.ts';
import { readCatalogue } from './catalogue.ts';
import { createCompiler } from './compile.ts';
import { capWasmMemory } from './memory-cap.ts';
import { alone, OUT_OF_MEMORY, type Task, type WorkerGiven } from './worker-pool.ts';

const { folder, wasmMegabytes } = workerData as WorkerGiven;
capWasmMemory(wasmMegabytes * 1024 * 1024, () => process.exit(OUT_OF_MEMORY));
const catalogue = readCatalogue(folder);
const compiler = createCompiler(folder);

function validate(bytes: Uint8Array, schemaId: string): void {
  const entry = catalogue.byId(schemaId);
  if (entry === undefined) throw new Error(`no schema ${schemaId}`);
  parentPort?.postMessage(compiler.validate(bytes, entry));
}

/** The payload is handed over, not copied. */
function read(bytes: Uint8Array): void {
  const result = readOrPeek(bytes);
  const payload = result.ok && 'payload' in result.value ? result.value.payload.bytes : undefined;
  parentPort?.postMessage(result, payload === undefined ? [] : alone(payload));
}

parentPort?.on('message', ({ bytes, schemaId }: Task) => {
  if (schemaId === undefined) read(bytes);
  else validate(bytes, schemaId);
});
