// Every fuzz target by name.
import type { Target } from '../target.ts';
import { certificateTarget } from './certificate.ts';
import { cpaTarget } from './cpa.ts';
import { headerTarget } from './header.ts';
import { mimeTarget } from './mime.ts';
import { PLANTED } from './planted.ts';
import { signatureTarget } from './signature.ts';
import { stufTarget } from './stuf.ts';
import { xmlTarget } from './xml.ts';

export const TARGETS: readonly Target[] = [
  mimeTarget,
  xmlTarget,
  headerTarget,
  cpaTarget,
  signatureTarget,
  stufTarget,
  certificateTarget,
];

/** Planted ones included. */
export const targetNamed = (name: string): Target | undefined =>
  [...TARGETS, ...PLANTED].find((target) => target.name === name);
