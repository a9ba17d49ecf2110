// MIME multipart/related (R3-R14): bytes to parts while they stream in, parts to bytes with a known length.
export { contentIdOfHref } from './content-id.ts';
export { parseContentType } from './content-type.ts';
export { MIME_LIMITS } from './limits.ts';
export { type ReadOptions, readMultipart } from './read.ts';
export type {
  ContentType,
  MimeFailure,
  MimeLimits,
  MimePackage,
  OutboundPart,
  PartHeader,
  PartSink,
  ReadPart,
} from './types.ts';
export { type Multipart, writeMultipart } from './write.ts';
