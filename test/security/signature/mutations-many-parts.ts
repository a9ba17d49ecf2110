// Many parts that are dear to canonicalise, each within its bound: what they may cost together (rows 118, 148; R57).
import { firstPart, type Message, type Part } from './message.ts';
import { type Mutation, refused } from './mutation.ts';
import { bothReferences, EXC, resign, rsaBy, type SignatureSpec, transform } from './signer.ts';

const PARTS = 24;
const PART_BYTES = 1_000_000;

/** Canonical as it stands; to see that, all attributes of each element are compared. */
const DEAR = ((): Buffer => {
  const attributes = Array.from({ length: 500 }, (_, i) => `b${1000 + i}=""`).join(' ');
  const element = `<x ${attributes}></x>`;
  return Buffer.from(`<r>${element.repeat(Math.floor((PART_BYTES - 7) / element.length))}</r>`);
})();

const dearParts = (message: Message): readonly Part[] =>
  Array.from({ length: PARTS }, (_, i) => ({ ...firstPart(message), contentId: `duur-${i}@proef`, bytes: DEAR }));

/** The message with those parts, each with a reference that asks for their canonical form. */
const withDearParts =
  (spec: (message: Message) => Partial<SignatureSpec>): Mutation['build'] =>
  (message) => {
    const dear = dearParts(message);
    const references = dear.map(({ contentId, bytes }) => ({
      uri: `cid:${contentId}`,
      octets: bytes,
      transforms: [transform(EXC)],
    }));
    const all = { ...message, parts: [...message.parts, ...dear] };
    return resign(all, { references: [...bothReferences(message), ...references], ...spec(message) });
  };

export const MANY_PARTS: readonly Mutation[] = [
  refused(
    'row 148 R57 24 dear parts to canonicalise, of somebody without the key: none is',
    (message, tools) => withDearParts(() => ({ seal: rsaBy(tools.stranger.key) }))(message, tools),
    'SignatureValue does not fit',
  ),
  refused(
    'row 148 R57 24 dear parts to canonicalise, of the partner itself: no more than two megabytes of them',
    withDearParts(() => ({})),
    'too large to be canonicalised',
  ),
];
