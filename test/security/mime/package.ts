// A message as MIME octets that an attack can change, and the steps that MIME attacks are made of.
import type { Request } from '../../fixtures/changed.ts';
import { type Attack, refusedAs } from '../corpus.ts';
import { compose, type Message } from '../signature/message.ts';

export const taken = refusedAs('ack');
export const fault = refusedAs('fault Client');
export const mimeProblem = refusedAs('error MimeProblem');

type Build = Attack['build'];

/** The whole HTTP body in other octets. */
export const body =
  (change: (body: string, message: Message) => string): Build =>
  (message) => {
    const request = compose(message);
    return { ...request, body: change(request.body, message) };
  };

/** Another Content-Type of the whole request. */
export const contentType =
  (change: (value: string, message: Message) => string): Build =>
  (message) => {
    const request = compose(message);
    const value = request.headers['content-type'] ?? '';
    return { ...request, headers: { ...request.headers, 'content-type': change(value, message) } };
  };

/** Another boundary, in the header as written by `quote` and in the body as it is. */
export const boundary =
  (name: string, quote: (name: string) => string = (text) => `"${text}"`): Build =>
  (message) => {
    const { body: octets, headers } = compose({ ...message, boundary: name });
    const type = (headers['content-type'] ?? '').replace(/boundary="[^"]*"/, () => `boundary=${quote(name)}`);
    return { body: octets, headers: { ...headers, 'content-type': type } };
  };

/** More octets right before the closing boundary: whole parts, with their own delimiters. */
export const beforeEnd =
  (more: (delimiter: string, message: Message) => string): Build =>
  (message) => {
    const request: Request = compose(message);
    const delimiter = `--${message.boundary}`;
    const end = request.body.lastIndexOf(`${delimiter}--`);
    return { ...request, body: request.body.slice(0, end) + more(delimiter, message) + request.body.slice(end) };
  };

export const part = (delimiter: string, header: string, content = 'x'): string =>
  `${delimiter}\r\n${header === '' ? '' : `${header}\r\n`}\r\n${content}\r\n`;

/** The payload with other header lines or octets. */
export const payload =
  (change: (first: Message['parts'][0]) => Message['parts'][0]): Build =>
  (message) =>
    compose({ ...message, parts: message.parts.map(change) });

export const payloadId = ({ parts }: Message): string => parts[0]?.contentId ?? '';
