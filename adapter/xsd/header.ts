// What the Header of an iStandaarden message says, out of the very tree that was validated: there is no second reading of it.
import { XmlElement, XmlXPath } from 'libxml2-wasm';
import type { LibxmlDocument } from '../xml/index.ts';
import type { HeaderFields } from './types.ts';

/** The fields of the root's Header, its first element; more than the schemas know of are not looked at. */
const FIELDS = XmlXPath.compile('/*/*[1][local-name() = "Header"]/*[position() <= 40][not(*)]');
/** The longest value that is told; the values asked for have at most twelve characters. */
const MOST_CHARACTERS = 64;

/** Local name → text as an XML reader counts it (row 122), trimmed; of a field that is there twice, the first. */
export function headerFields(document: LibxmlDocument): HeaderFields {
  const fields = new Map<string, string>();
  for (const field of document.find(FIELDS)) {
    if (!(field instanceof XmlElement) || fields.has(field.name)) continue;
    const text = field.content.trim();
    if (text.length <= MOST_CHARACTERS) fields.set(field.name, text);
  }
  return fields;
}
