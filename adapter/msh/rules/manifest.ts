// The Manifest against the parts that came along (R40–R48, row 107).
import { finding, warning } from '../errors.ts';
import { isCid, manifestCids, namedParts } from '../manifest.ts';
import type { Check } from './rule.ts';

export const mimeSound: Check = ({ mimeIssues }) => mimeIssues;

export const cidsResolve: Check = ({ message, parts, mimeIssues }) => {
  if (mimeIssues.length > 0) return undefined;
  const present = new Set(parts.map((part) => part.contentId));
  return manifestCids(message)
    .filter((cid) => !present.has(cid))
    .map((cid) => finding('MimeProblem', `cid:${cid}`, 'the part is not in the message', 'R46'));
};

/** Digikoppeling knows no data outside the message (DK-050). */
export const onlyCids: Check = ({ message }) =>
  (message.manifest?.references ?? [])
    .filter((reference) => !isCid(reference.href))
    .map(() =>
      finding('MimeProblem', '//Body/Manifest/Reference/@href', 'expected a cid: of a part of this message', 'R47'),
    );

export const eachPartOnce: Check = ({ message }) => {
  const cids = manifestCids(message);
  return new Set(cids).size === cids.length
    ? undefined
    : finding('Inconsistent', '//Body/Manifest', 'names one part twice', 'R45');
};

/** A part that the Manifest does not name is dropped; where a signature is agreed or given it is refused (row 107). */
export const noStrangers: Check = ({ message, parts, exchange, signature }) => {
  const strangers = parts.length - namedParts(message, parts).length;
  if (strangers === 0) return undefined;
  const signed = signature.kind !== 'absent' || (exchange.ok && exchange.value.signing !== undefined);
  const detail = `${strangers} part(s) are not named by the Manifest`;
  return signed
    ? finding('MimeProblem', '//Body/Manifest', detail, 'R8')
    : warning('MimeProblem', '//Body/Manifest', `${detail}; dropped`, 'R8');
};
