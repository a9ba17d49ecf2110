// Contract: untrusted bytes become canonical text with elements as its ranges, or a problem; what we write is canonical already.
export { attribute, child, childrenOf, descendants, findAll, pathOf } from './access.ts';
export { escapeAttribute, escapeText, isXmlText } from './escape.ts';
export { declaredSubset, embed, inclusiveSubset, standalone, subsetInside } from './fragment.ts';
export {
  exclusiveCanonical,
  inspectXml,
  type LibxmlDocument,
  type ReadXmlOptions,
  readXml,
  XML_LIMITS,
} from './parse.ts';
export { MAX_NAMESPACES_IN_SCOPE } from './prescan.ts';
export { readCanonical } from './reader.ts';
export type { CanonicalXml, SourceEncoding, XmlAttribute, XmlElement, XmlLimits, XmlProblem } from './types.ts';
export { trimmed } from './white-space.ts';
export { type AttributeValues, type CanonicalWriter, canonicalWriter, join, type Markup, text } from './writer.ts';
