// A signed message in pieces that an attack can change one by one, and back to the request that carries it.
import { boundaryOf, type Request } from '../../fixtures/changed.ts';

export interface Part {
  /** Header lines without Content-ID. */
  readonly lines: readonly string[];
  readonly contentId: string;
  readonly bytes: Buffer;
}

export interface Message {
  readonly envelope: string;
  /** The octets to send in place of `envelope`, for tricks with encodings. */
  readonly octets?: Buffer;
  /** Content-Type of the SOAP part. */
  readonly rootType: string;
  readonly rootId: string;
  readonly parts: readonly Part[];
  /** The SOAP part last instead of first. */
  readonly rootLast?: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly boundary: string;
}

/** One attack step; throws when there is nothing to change, so that no attack silently becomes the correct message. */
export type Step = (message: Message) => Message;

/** Takes the fixture's request apart. */
export function takeApart(request: Request): Message {
  const boundary = boundaryOf(request);
  const [root, ...parts] = request.body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((section) => partOf(section.slice(2, -2)));
  if (root === undefined) throw new Error('the request has no parts');
  return {
    envelope: root.bytes.toString('utf8'),
    rootType: root.lines.find((line) => /^content-type:/i.test(line))?.replace(/^[^:]*: */, '') ?? '',
    rootId: root.contentId,
    parts,
    headers: request.headers,
    boundary,
  };
}

function partOf(section: string): Part {
  const end = section.indexOf('\r\n\r\n');
  const lines = section.slice(0, end).split('\r\n');
  const id = lines.find((line) => /^content-id:/i.test(line)) ?? '';
  return {
    lines: lines.filter((line) => line !== id),
    contentId: /<(.*)>/.exec(id)?.[1] ?? '',
    bytes: Buffer.from(section.slice(end + 4), 'latin1'),
  };
}

export function compose(message: Message): Request {
  const octets = message.octets ?? Buffer.from(message.envelope, 'utf8');
  const root = section({ lines: [`Content-Type: ${message.rootType}`], contentId: message.rootId, bytes: octets });
  const parts = message.parts.map(section);
  const all = message.rootLast === true ? [...parts, root] : [root, ...parts];
  const body = all.map((one) => `--${message.boundary}\r\n${one}\r\n`).join('');
  return { body: `${body}--${message.boundary}--\r\n`, headers: message.headers };
}

const section = ({ lines, contentId, bytes }: Part): string =>
  [...lines, `Content-ID: <${contentId}>`, '', bytes.toString('latin1')].join('\r\n');

export const SIGNATURE = /<ds:Signature [\s\S]*<\/ds:Signature>/;

/** Replaces text of the envelope. */
export const swap =
  (from: string | RegExp, to: string | ((found: string) => string)): Step =>
  (message) => {
    const envelope = message.envelope.replace(from, (found: string) => (typeof to === 'string' ? to : to(found)));
    if (envelope === message.envelope) throw new Error(`nothing to change: ${String(from)}`);
    return { ...message, envelope };
  };

export const steps =
  (...all: readonly Step[]): Step =>
  (message) =>
    all.reduce((at, step) => step(at), message);

/** The first match in the envelope. */
export function found(message: Message, pattern: RegExp): string {
  const match = pattern.exec(message.envelope);
  if (match === null) throw new Error(`not in the envelope: ${String(pattern)}`);
  return match[0];
}

export const HEADER_BLOCK = /<eb:MessageHeader [\s\S]*<\/eb:MessageHeader>/;
export const signatureOf = (message: Message): string => found(message, SIGNATURE);
export const withoutSignature = (message: Message): string => message.envelope.replace(SIGNATURE, '');
export const firstPart = (message: Message): Part => {
  const [part] = message.parts;
  if (part === undefined) throw new Error('the message has no payload');
  return part;
};
export const changePart =
  (change: (part: Part) => Part): Step =>
  (message) => ({ ...message, parts: message.parts.map((part, number) => (number === 0 ? change(part) : part)) });

/** What an attacker wants to be read: another action that the agreement knows as well. */
export const altered = (text: string): string => {
  const changed = text.replace('>ggk_Di01<', '>ggk_Du01<');
  if (changed === text) throw new Error('there is no action to alter');
  return changed;
};
export const beforeHeaderEnd = (xml: string): Step => swap('</SOAP:Header>', `${xml}</SOAP:Header>`);
export const inBody = (xml: string): Step => swap('</SOAP:Body>', `${xml}</SOAP:Body>`);
export const inSignature = (xml: string): Step => swap('</ds:Signature>', `${xml}</ds:Signature>`);
