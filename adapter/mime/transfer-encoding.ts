// Takes the transfer encoding off a part while it streams by (R13, R60, row 109).
import { Octets } from '../base/index.ts';

/** Gives the decoded octets of each piece; undefined when the text is not of the encoding, after which it is not used again. */
export interface TransferDecoder {
  push(chunk: Buffer): Buffer | undefined;
  end(): Buffer | undefined;
}

const EMPTY = Buffer.alloc(0);

/** The decoder for a Content-Transfer-Encoding value in lower case; undefined when it is not a known one (row 109). */
export function transferDecoder(encoding: string): TransferDecoder | undefined {
  switch (encoding) {
    case 'binary':
    case '8bit':
    case '7bit':
      return RAW;
    case 'base64':
      return new Base64Decoder();
    case 'quoted-printable':
      return new QuotedPrintableDecoder();
    default:
      return undefined;
  }
}

const RAW: TransferDecoder = { push: (chunk) => chunk, end: () => EMPTY };

const SKIP = 1;
const DIGIT = 2;
const PAD = 3;
const BASE64_CLASS = new Uint8Array(256);
for (const c of ' \t\r\n') BASE64_CLASS[c.charCodeAt(0)] = SKIP;
for (const c of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')
  BASE64_CLASS[c.charCodeAt(0)] = DIGIT;
BASE64_CLASS['='.charCodeAt(0)] = PAD;

/** White space is skipped; any other foreign character, wrong padding or text behind the padding is refused. */
class Base64Decoder implements TransferDecoder {
  #rest = EMPTY;
  #padding = 0;
  #digits = 0;

  push(chunk: Buffer): Buffer | undefined {
    const compact = Buffer.allocUnsafe(this.#rest.length + chunk.length);
    this.#rest.copy(compact);
    let length = this.#rest.length;
    for (const byte of chunk) {
      const kind = BASE64_CLASS[byte];
      if (kind === DIGIT && this.#padding === 0) compact[length++] = byte;
      else if (kind === PAD) this.#padding++;
      else if (kind !== SKIP) return undefined;
    }
    this.#digits += length - this.#rest.length;
    const whole = length - (length % 4);
    this.#rest = compact.subarray(whole, length);
    return whole === 0 ? EMPTY : Buffer.from(compact.toString('latin1', 0, whole), 'base64');
  }

  end(): Buffer | undefined {
    const left = this.#digits % 4;
    if (left === 1 || this.#padding !== (4 - left) % 4) return undefined;
    return Buffer.from(this.#rest.toString('latin1'), 'base64');
  }
}

const CR = 13;
const LF = 10;
const EQUALS = 61;

/** Blanks wait in memory for what follows them, and no encoder writes a line of more than 76 characters: this many is no line. */
const MAX_BLANKS = 1024 * 1024;

/** RFC 2045 6.7: `=XX`, soft line breaks, blanks at line ends dropped; a `=` that begins no escape stands for itself. */
class QuotedPrintableDecoder implements TransferDecoder {
  /** `high`: one character behind `=` was seen; `softBreak`: blanks behind `=`, only a line end may follow. */
  #state: 'text' | 'escape' | 'high' | 'softBreak' = 'text';
  #high = 0;
  /** The first digit as it was written. */
  #highByte = 0;
  /** Blanks at the end of what came so far: they count only when something other than a line end follows. */
  #blanks = new Octets();
  #out = EMPTY;
  #length = 0;
  #trailing = 0;

  push(chunk: Buffer): Buffer | undefined {
    if (this.#state === 'text' && chunk.every(isBlank)) {
      this.#blanks.add(chunk);
      return this.#blanks.length > MAX_BLANKS ? undefined : EMPTY;
    }
    const carried = this.#blanks.bytes();
    this.#blanks = new Octets();
    // An escape begun in the chunk before may turn out to be two literal characters.
    this.#out = Buffer.allocUnsafe(carried.length + chunk.length + 2);
    this.#out.set(carried);
    this.#length = this.#trailing = carried.length;
    for (const byte of chunk) {
      if (this.#state === 'text') this.#text(byte);
      else this.#escape(byte);
    }
    const given = this.#length - this.#trailing;
    if (this.#trailing > 0) this.#blanks.add(Buffer.from(this.#out.subarray(given, this.#length)));
    return this.#out.subarray(0, given);
  }

  /** A `=` at the very end is a soft line break whose line end belongs to the boundary. */
  end(): Buffer | undefined {
    return this.#state === 'high' ? undefined : EMPTY;
  }

  #text(byte: number): void {
    if (byte === EQUALS) {
      this.#state = 'escape';
      this.#trailing = 0;
      return;
    }
    if (byte === CR || byte === LF) this.#length -= this.#trailing;
    this.#trailing = isBlank(byte) ? this.#trailing + 1 : 0;
    this.#out[this.#length++] = byte;
  }

  #escape(byte: number): void {
    if (this.#state !== 'high' && (isBlank(byte) || byte === CR || byte === LF)) {
      this.#state = byte === LF ? 'text' : 'softBreak';
      return;
    }
    const digit = hexDigit(byte);
    if (digit === -1 || this.#state === 'softBreak') {
      this.#literal(byte);
      return;
    }
    if (this.#state === 'high') {
      this.#out[this.#length++] = this.#high * 16 + digit;
      this.#state = 'text';
    } else {
      this.#high = digit;
      this.#highByte = byte;
      this.#state = 'high';
    }
  }

  /** Real senders leave `=` unescaped (peer-wire); reading it as it stands loses nothing. */
  #literal(byte: number): void {
    this.#out[this.#length++] = EQUALS;
    if (this.#state === 'high') this.#out[this.#length++] = this.#highByte;
    this.#state = 'text';
    this.#text(byte);
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === 32 || byte === 9;
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
