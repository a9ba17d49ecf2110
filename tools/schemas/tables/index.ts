// The tables of all iStandaarden for which schemas are made.
import type { StandardTable } from './form.ts';
import { ieb30 } from './ieb-3.0.ts';
import { ijw32 } from './ijw-3.2.ts';
import { ipgb20 } from './ipgb-2.0.ts';
import { iwmo32 } from './iwmo-3.2.ts';

export const TABLES: readonly StandardTable[] = [iwmo32, ijw32, ipgb20, ieb30];
