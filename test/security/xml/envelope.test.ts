// Attacks on the SOAP envelope as XML (rows 113, 117–124), on the message of an unsigned channel, where nothing but reading refuses.
import { describeCorpus } from '../corpus.ts';
import { ENVELOPE_ATTACKS } from './envelope.ts';
import { LARGE_ATTACKS } from './large.ts';
import { VALUE_ATTACKS } from './values.ts';

describeCorpus('attacks on the envelope as XML', 'osb-rm', [...ENVELOPE_ATTACKS, ...VALUE_ATTACKS, ...LARGE_ATTACKS]);
