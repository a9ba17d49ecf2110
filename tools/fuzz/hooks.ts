// Module loader hooks of a fuzzing child: what belongs to the target is loaded with counters.
import { instrument } from './instrument.ts';

interface Loaded {
  readonly format?: string;
  readonly source?: string | ArrayBufferView | ArrayBuffer | null;
}

let included: readonly string[] = [];

export function initialize(data: { readonly modules: readonly string[] }): void {
  included = data.modules;
}

export async function load<T>(
  url: string,
  context: T,
  next: (url: string, context: T) => Promise<Loaded>,
): Promise<Loaded> {
  const loaded = await next(url, context);
  if (loaded.format !== 'module' || url.includes('/node_modules/') || !included.some((piece) => url.includes(piece)))
    return loaded;
  return { ...loaded, source: instrument(textOf(loaded.source), url).text };
}

function textOf(source: Loaded['source']): string {
  if (source === undefined || source === null) return '';
  if (typeof source === 'string') return source;
  const bytes = ArrayBuffer.isView(source)
    ? Buffer.from(source.buffer, source.byteOffset, source.byteLength)
    : Buffer.from(source);
  return bytes.toString('utf8');
}
