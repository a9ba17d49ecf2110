// Valid messages of any size: a sample whose repeating block is repeated until the size is reached.
import { sampleMessage } from '../schemas/sample.ts';

/** Of a message, with the inhoud in base64 and the stuurgegevens. */
export const PAYLOAD_BYTES = 20_000;

const BLOCK = /( *)<wmo301:ToegewezenProduct>[\s\S]*?<\/wmo301:ToegewezenProduct>\n/;

/** A WMO301 of at least `bytes` and at most one block more; `full` has every optional element. */
export function sampleOfSize(bytes: number, full = true): Buffer {
  const sample = sampleMessage('WMO301', { full });
  const [block] = BLOCK.exec(sample) ?? [];
  if (block === undefined) throw new Error('the sample has no block to repeat');
  const at = sample.indexOf(block);
  const times = Math.max(1, 1 + Math.ceil((bytes - sample.length) / block.length));
  return Buffer.from(sample.slice(0, at) + block.repeat(times) + sample.slice(at + block.length));
}

/** Bytes of an inhoud whose base64 form, with the stuurgegevens around it, makes a payload of `payload` bytes. */
export const contentFor = (payload: number): number => Math.floor(((payload - 900) * 3) / 4);
