// The attacks that any XML document can carry; each door that reads XML must stand them.
import type { DocumentAttack } from './document.ts';
import { DOCTYPE_ATTACKS } from './document-doctypes.ts';
import { OCTET_ATTACKS } from './document-octets.ts';

export const DOCUMENT_ATTACKS: readonly DocumentAttack[] = [...DOCTYPE_ATTACKS, ...OCTET_ATTACKS];
