// The header lines of one part, as values.
import { fail, ok, type Result } from '../base/index.ts';
import { withoutBrackets } from './content-id.ts';
import { parseContentType } from './content-type.ts';
import { fileNameOf } from './file-name.ts';
import type { ContentType, MimeFailure, PartHeader } from './types.ts';

/** RFC 2045 5.2: what an absent or unreadable Content-Type means. */
const DEFAULT_TYPE: ContentType = { mediaType: 'text/plain', parameters: new Map(), raw: 'text/plain' };

const HEADER_LINE = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+[ \t]*:/;

/** Whether a line may stand in a part's header: a field, or the continuation of the one before it (row 104). */
export function isHeaderLine(line: string, first: boolean): boolean {
  return HEADER_LINE.test(line) || (!first && (line.startsWith(' ') || line.startsWith('\t')));
}

/**
 * Reads the lines of a part's header (Latin-1, without line ends). Unknown fields are ignored (R11, T13). A field that
 * decides how the part is read may stand there once: two would be two readings of the same octets.
 */
export function readPartHeader(lines: readonly string[]): Result<PartHeader, MimeFailure> {
  const fields = collectFields(lines);
  for (const name of ['content-id', 'content-type', 'content-transfer-encoding']) {
    if ((fields.get(name)?.length ?? 0) > 1) {
      return fail({ kind: 'fault', detail: `A part carries the header field ${name} twice.` });
    }
  }
  for (const name of ['content-id', 'content-type']) {
    if (/\p{Cc}/u.test(fields.get(name)?.[0] ?? '')) {
      return fail({ kind: 'fault', detail: `The header field ${name} of a part holds a control character.` });
    }
  }
  const first = (name: string): string | undefined => fields.get(name)?.[0];
  const id = withoutBrackets(first('content-id') ?? '');
  const contentType = parseContentType(first('content-type')) ?? DEFAULT_TYPE;
  return ok({
    contentId: id === '' ? undefined : id,
    contentType,
    transferEncoding: (first('content-transfer-encoding') ?? 'binary').toLowerCase(),
    fileName: fileNameOf(first('content-disposition'), contentType.parameters),
  });
}

function collectFields(lines: readonly string[]): Map<string, string[]> {
  const fields = new Map<string, string[]>();
  for (let i = 0; i < lines.length; ) {
    const unfolded = [lines[i] ?? ''];
    for (i++; i < lines.length && /^[ \t]/.test(lines[i] ?? ''); i++) unfolded.push(lines[i] ?? '');
    const field = unfolded.join('');
    const colon = field.indexOf(':');
    const name = field.slice(0, colon).trim().toLowerCase();
    const values = fields.get(name);
    // Unfolded: a tab means what a blank means, and is written on as one.
    const value = field
      .slice(colon + 1)
      .replaceAll('\t', ' ')
      .trim();
    if (values === undefined) fields.set(name, [value]);
    else values.push(value);
  }
  return fields;
}
