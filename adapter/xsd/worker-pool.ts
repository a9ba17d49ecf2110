// Reading and validation of large documents off the event loop: one document per worker at a time, with limits on time and memory (row 125, D3).
import { Worker } from 'node:worker_threads';
import { isAlone } from '../base/index.ts';
import type { StufReading } from '../stuf/index.ts';
import type { DocumentUse, SchemaFindings } from './types.ts';

export interface WorkerPool {
  validate(bytes: Uint8Array, schemaId: string, use: DocumentUse): Promise<SchemaFindings>;
  readStuf(bytes: Uint8Array, use: DocumentUse): Promise<StufReading>;
  close(): Promise<void>;
}

const WORKERS = 2;

/** What one document may take of a worker; a worker that goes beyond is ended, and its document rejected. */
export interface WorkerLimits {
  readonly timeMs: number;
  /** Of the heap of JavaScript. */
  readonly heapMegabytes: number;
  /** Of libxml2, which has its memory beside the heap. */
  readonly wasmMegabytes: number;
}

/** The most that is read, two million elements in some thirty megabytes with a finding at their end, took 0.9 GB of both together. */
export const WORKER_LIMITS: WorkerLimits = { timeMs: 60_000, heapMegabytes: 1024, wasmMegabytes: 1024 };

/** A document was not read to its end; the words are ours and hold nothing of it. */
export class ValidationStopped extends Error {
  override readonly name: string = 'ValidationStopped';
}

/** The gateway ends: nothing is said of the document. */
export class ValidatorClosed extends ValidationStopped {
  override readonly name = 'ValidatorClosed';

  constructor() {
    super('the validator is closed');
  }
}

/** With which a worker ends that libxml2 asks too much memory of. */
export const OUT_OF_MEMORY = 137;

/** What a worker is started with. */
export interface WorkerGiven {
  readonly folder: string;
  readonly wasmMegabytes: number;
}

/** wasm memory grows and never shrinks, so a worker is replaced after this many octets, and after a document of this size. */
const RECYCLE_BYTES = 256 * 1024 * 1024;
const RECYCLE_DOCUMENT_BYTES = 4 * 1024 * 1024;

/** Without a schema the document is StUF to be read. */
export interface Task {
  readonly bytes: Uint8Array;
  readonly schemaId?: string;
}

interface Job extends Task {
  readonly size: number;
  readonly use: DocumentUse;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The compiled worker: beside this file when compiled, in dist/ when the sources run as they are (tests). */
function workerFile(): URL {
  const here = import.meta.url;
  return here.endsWith('.ts') ? new URL('../../dist/adapter/xsd/worker.js', here) : new URL('./worker.js', here);
}

export function createWorkerPool(folder: string, limits = WORKER_LIMITS): WorkerPool {
  const queue: Job[] = [];
  let closed = false;
  const next = (): void => {
    const slot = slots.find((one) => !one.busy);
    const job = slot === undefined ? undefined : queue.shift();
    if (slot !== undefined && job !== undefined) slot.run(job);
  };
  const work = (task: Task, use: DocumentUse): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (closed) return reject(new ValidatorClosed());
      queue.push({ ...task, use, size: task.bytes.length, resolve, reject });
      next();
    });
  const slots = Array.from({ length: WORKERS }, () => new Slot(folder, limits, next));
  return {
    validate: (bytes, schemaId, use) => work({ bytes, schemaId }, use) as Promise<SchemaFindings>,
    readStuf: (bytes, use) => work({ bytes }, use) as Promise<StufReading>,
    async close() {
      closed = true;
      for (const job of queue.splice(0)) job.reject(new ValidatorClosed());
      await Promise.all(slots.map((slot) => slot.end(new ValidatorClosed())));
    },
  };
}

/** What can be handed over without a copy. */
export const alone = (bytes: Uint8Array): ArrayBuffer[] => (isAlone(bytes) ? [bytes.buffer as ArrayBuffer] : []);

/** Node's own code, such as that of a heap that is full; the words of a fault may be content. */
const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'a fault of this program';

/** One worker at a time. When it dies or takes too long its document is rejected, and the next gets a new worker. */
class Slot {
  private readonly folder: string;
  private readonly limits: WorkerLimits;
  private readonly free: () => void;
  private worker: Worker | undefined;
  private seen = 0;
  private job: Job | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(folder: string, limits: WorkerLimits, free: () => void) {
    this.folder = folder;
    this.limits = limits;
    this.free = free;
  }

  get busy(): boolean {
    return this.job !== undefined;
  }

  run(job: Job): void {
    if (this.seen > RECYCLE_BYTES) this.retire();
    const worker = this.worker ?? this.start();
    this.job = job;
    this.seen += job.size;
    const { timeMs } = this.limits;
    this.timer = setTimeout(() => {
      void this.end(new ValidationStopped(`validation took longer than ${timeMs} ms`));
    }, timeMs);
    worker.ref();
    const { bytes, schemaId, use } = job;
    worker.postMessage(schemaId === undefined ? { bytes } : { bytes, schemaId }, use === 'last' ? alone(bytes) : []);
  }

  /** Ends the worker; a document that is with it is rejected with the reason. */
  async end(reason = new ValidationStopped('the validation worker was replaced')): Promise<void> {
    const worker = this.worker;
    this.worker = undefined;
    this.settle((job) => job.reject(reason));
    await worker?.terminate();
  }

  /** Its work is done; it gives its memory back, and the next document gets a new worker. */
  private retire(): void {
    const worker = this.worker;
    this.worker = undefined;
    void worker?.terminate();
  }

  private start(): Worker {
    const { heapMegabytes, wasmMegabytes } = this.limits;
    const workerData: WorkerGiven = { folder: this.folder, wasmMegabytes };
    const worker = new Worker(workerFile(), {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
    });
    const lost = (reason: string): void => {
      if (this.worker === worker) void this.end(new ValidationStopped(`the validation worker ${reason}`));
    };
    worker.on('message', (result: unknown) => {
      if (this.worker !== worker) return;
      const isLarge = (this.job?.size ?? 0) > RECYCLE_DOCUMENT_BYTES;
      if (isLarge) this.retire();
      this.settle((job) => job.resolve(result));
    });
    worker.on('error', (error) => lost(`failed (${codeOf(error)})`));
    worker.on('exit', (code) =>
      lost(code === OUT_OF_MEMORY ? `needed more than ${wasmMegabytes} MB for libxml2` : 'ended'),
    );
    this.worker = worker;
    this.seen = 0;
    return worker;
  }

  private settle(tell: (job: Job) => void): void {
    const job = this.job;
    if (job === undefined) return;
    this.job = undefined;
    clearTimeout(this.timer);
    this.worker?.unref();
    tell(job);
    this.free();
  }
}
