// Attacks on the SOAP envelope as XML (rows 113, 117–124), on the message of an unsigned channel, where nothing but reading refuses.
import { describeCorpus } from '../corpus.ts';
import { ENVELOPE_ATTACKS } from './envelope.ts';

describeCorpus('attacks on the envelope as XML', 'osb-rm', ENVELOPE_ATTACKS);
