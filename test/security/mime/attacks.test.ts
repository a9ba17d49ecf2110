// Attacks on the package that carries a message (rows 101–111): unsigned, where only reading refuses, and signed where it matters.
import { describeCorpus } from '../corpus.ts';
import { FRAMING_ATTACKS } from './framing.ts';
import { PART_ATTACKS, WRAPPING_ATTACKS } from './parts.ts';

describeCorpus('attacks on the framing of parts', 'osb-rm', FRAMING_ATTACKS);
describeCorpus('attacks on parts', 'osb-rm', PART_ATTACKS);
describeCorpus('attacks on parts of a signed message', 'osb-rm-s', WRAPPING_ATTACKS);
