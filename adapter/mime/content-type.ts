// Content-Type and the parameter syntax it shares with Content-Disposition, read in one pass.
import type { ContentType } from './types.ts';

const MEDIA_TYPE = /^[!#$%&'*+.^_`|~0-9a-z-]+\/[!#$%&'*+.^_`|~0-9a-z-]+$/;
const PARAMETER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
/** Wider than RFC 2046 allows, because it is only searched for literally (row 101); 1 to 70 characters, no blank at the end. */
const BOUNDARY = /^[\x20-\x7e]{0,69}[\x21-\x7e]$/;

/**
 * Reads a Content-Type value. Undefined when it is absent or not readable: no media type, a parameter given twice, an
 * unfinished quoted string, or a boundary outside 1..70 printable characters (row 101). Comments are not supported.
 */
export function parseContentType(value: string | undefined): ContentType | undefined {
  if (value === undefined) return undefined;
  const semicolon = value.indexOf(';');
  const mediaType = (semicolon === -1 ? value : value.slice(0, semicolon)).trim().toLowerCase();
  if (!MEDIA_TYPE.test(mediaType)) return undefined;
  const parameters = semicolon === -1 ? new Map<string, string>() : parseParameters(value, semicolon);
  if (parameters === undefined) return undefined;
  const boundary = parameters.get('boundary');
  if (boundary !== undefined && !BOUNDARY.test(boundary)) return undefined;
  return { mediaType, parameters, raw: value };
}

/** The parameters from the first semicolon on, names in lower case; undefined when the text is not of that form. */
export function parseParameters(text: string, from: number): Map<string, string> | undefined {
  const parameters = new Map<string, string>();
  let at = skipBlanks(text, from);
  while (at < text.length) {
    if (text[at] !== ';') return undefined;
    at = skipBlanks(text, at + 1);
    if (at === text.length || text[at] === ';') continue;
    const parameter = parseParameter(text, at);
    if (parameter === undefined || parameters.has(parameter.name)) return undefined;
    parameters.set(parameter.name, parameter.value);
    at = skipBlanks(text, parameter.end);
  }
  return parameters;
}

interface Parameter {
  readonly name: string;
  readonly value: string;
  readonly end: number;
}

function parseParameter(text: string, from: number): Parameter | undefined {
  const equals = text.indexOf('=', from);
  if (equals === -1) return undefined;
  const name = text.slice(from, equals).trim().toLowerCase();
  if (!PARAMETER_NAME.test(name)) return undefined;
  const start = skipBlanks(text, equals + 1);
  if (text[start] === '"') return quotedString(text, start + 1, name);
  let end = start;
  while (end < text.length && text[end] !== ';' && !isBlank(text[end])) end++;
  const value = text.slice(start, end);
  return value === '' || value.includes('"') ? undefined : { name, value, end };
}

function quotedString(text: string, from: number, name: string): Parameter | undefined {
  const pieces: string[] = [];
  let start = from;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '"') {
      pieces.push(text.slice(start, at));
      return { name, value: pieces.join(''), end: at + 1 };
    }
    if (text[at] === '\\') {
      pieces.push(text.slice(start, at));
      start = ++at;
    }
  }
  return undefined;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && isBlank(text[at])) at++;
  return at;
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\r' || character === '\n';
}
