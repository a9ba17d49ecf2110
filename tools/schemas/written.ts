// The catalogue rows of the XSDs that are written by hand: SOAP, ebXML, StUF-GGk and the two PGB 1.0 messages.
import { NS } from '../../adapter/base/index.ts';
import type { SchemaEntry } from '../../adapter/xsd/types.ts';

export type WrittenRow = Omit<SchemaEntry, 'sha256'>;

const EBXML = { grade: 'strict', origin: 'structure of the OASIS and W3C schemas', confidence: 'high' } as const;
const STUF = {
  file: 'stuf/ggk0210/ggkberichten/ggk0210_msg_ggkberichten.xsd',
  standard: 'StUF-GGk',
  version: '2.1.04',
  grade: 'strict',
  origin: 'structure of the published schemas, envelope 2.1 patch 04',
  confidence: 'high',
} as const;
const PGB = {
  file: 'pgb-1.0/PGB.voorlopig.xsd',
  // No namespace or root is known: only well-formedness is looked at (D9).
  rootName: '',
  rootNamespace: '',
  standard: 'PGB',
  version: '1.0',
  grade: 'envelope',
  origin: 'name and direction only',
  confidence: 'low',
} as const;

export const WRITTEN: readonly WrittenRow[] = [
  {
    id: 'ebms-2.0',
    file: 'ebxml/msg-header-2_0.xsd',
    rootName: 'Envelope',
    rootNamespace: NS.soap,
    standard: 'ebMS',
    version: '2.0',
    ...EBXML,
  },
  {
    id: 'soap-1.1',
    file: 'ebxml/envelope.xsd',
    rootName: 'Envelope',
    rootNamespace: NS.soap,
    standard: 'SOAP',
    version: '1.1',
    ...EBXML,
  },
  {
    id: 'cppa-2.0',
    file: 'ebxml/cpp-cpa-2_0.xsd',
    rootName: 'CollaborationProtocolAgreement',
    rootNamespace: NS.cppa,
    standard: 'CPPA',
    version: '2.0',
    ...EBXML,
  },
  {
    id: 'xmldsig-1.0',
    file: 'ebxml/xmldsig-core-schema.xsd',
    rootName: 'Signature',
    rootNamespace: NS.ds,
    standard: 'XML-DSig',
    version: '1.0',
    ...EBXML,
  },
  { id: 'stuf-ggk0210', rootName: 'envelopHeenbericht-ggk_Di01', rootNamespace: NS.ggk, message: 'Di01', ...STUF },
  {
    id: 'stuf-ggk0210/du01',
    rootName: 'envelopRetourbericht-ggk_Du01',
    rootNamespace: NS.ggk,
    message: 'Du01',
    ...STUF,
  },
  { id: 'stuf-ggk0210/fo01', rootName: 'Fo01Bericht', rootNamespace: NS.stuf, message: 'Fo01', ...STUF },
  { id: 'stuf-ggk0210/fo02', rootName: 'Fo02Bericht', rootNamespace: NS.stuf, message: 'Fo02', ...STUF },
  { id: 'stuf-ggk0210/fo03', rootName: 'Fo03Bericht', rootNamespace: NS.stuf, message: 'Fo03', ...STUF },
  { id: 'stuf-ggk0210/bv03', rootName: 'Bv03Bericht', rootNamespace: NS.stuf, message: 'Bv03', ...STUF },
  { id: 'stuf-ggk0210/bv04', rootName: 'Bv04Bericht', rootNamespace: NS.stuf, message: 'Bv04', ...STUF },
  { id: 'pgb-1.0/tkb', message: 'TKB', ...PGB },
  { id: 'pgb-1.0/bab', message: 'BAB', ...PGB },
];
