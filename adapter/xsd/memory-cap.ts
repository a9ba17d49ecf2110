// A bound on the memory of libxml2 in a worker: it lives outside the heap, where the runtime counts nothing (row 125).

interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
declare const WebAssembly: { readonly Memory: { readonly prototype: WasmMemory } };

const PAGE_BYTES = 64 * 1024;

/** Its own module stops at 2 GB only. `exceeded` must end the thread: without memory libxml2 would judge a document it has not seen whole. */
export function capWasmMemory(maxBytes: number, exceeded: () => never): void {
  const { prototype } = WebAssembly.Memory;
  const grow = prototype.grow;
  prototype.grow = function (this: WasmMemory, pages: number): number {
    if (this.buffer.byteLength + pages * PAGE_BYTES > maxBytes) exceeded();
    return grow.call(this, pages);
  };
}
