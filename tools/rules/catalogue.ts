// The rule catalogue: every rule of the fact sheets that the four profiles need, the cases of conformance and acceptance, and
// the rules of our own.
import { ACCEPTANCE } from './acceptance.ts';
import { CONFORMANCE } from './conformance.ts';
import { CPPA } from './cppa.ts';
import { DIGIKOPPELING } from './digikoppeling.ts';
import { EBMS_CORE } from './ebms-core.ts';
import { EBMS_MODULES } from './ebms-modules.ts';
import type { Rule } from './rule.ts';

export type { Level, Rule } from './rule.ts';

export const CATALOGUE: readonly Rule[] = [
  ...EBMS_CORE,
  ...EBMS_MODULES,
  ...CPPA,
  ...DIGIKOPPELING,
  ...CONFORMANCE,
  ...ACCEPTANCE,
];
