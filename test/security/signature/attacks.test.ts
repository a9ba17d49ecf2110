// Attacks on the signature of a message (rows 117–149): what is refused, and the few changes that are harmless.
import { beforeAll } from '@jest/globals';
import { describeCorpus } from '../corpus.ts';
import { CATALOGUE } from './catalogue.ts';
import { compose } from './message.ts';
import type { Tools } from './mutation.ts';
import { makeTools } from './rig.ts';

let keys: Omit<Tools, 'canary'>;
beforeAll(async () => {
  keys = await makeTools('');
});

describeCorpus(
  'attacks on signatures',
  'osb-rm-s',
  CATALOGUE.map(({ build, ...entry }) => ({
    ...entry,
    build: (correct, canary) => compose(build(correct, { ...keys, canary })),
  })),
);
