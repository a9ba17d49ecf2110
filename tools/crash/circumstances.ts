// The circumstances of the crash report: what happens around a gateway instead of a kill at a point.
import { isPoint, POINTS, type PointName } from '../harness/points.ts';

/** What happens around a process without killing it at a point; each has its own scenario. */
export const SPECIALS = {
  frozen: 'proces bevroren (SIGSTOP) langer dan de lease, daarna verder (rij 12)',
  diskFull: 'schijf vol (rij 21)',
  readOnly: 'map alleen-lezen bij het starten (rij 24)',
  slowStore: 'opslag traag, 5 s per aanroep (rij 18)',
  slowCommit: 'schijf traag, 5 s stilstand per vastlegging (rij 18)',
  clockBack: 'klok tien minuten teruggezet (rij 15)',
  clockForward: 'klok tien minuten vooruitgezet (rij 29)',
} as const;
export type SpecialName = keyof typeof SPECIALS;
export const SPECIAL_NAMES = Object.keys(SPECIALS) as readonly SpecialName[];

export const isSpecial = (name: string): name is SpecialName => Object.hasOwn(SPECIALS, name);
export const titleOf = (name: PointName | SpecialName): string => (isPoint(name) ? POINTS[name].title : SPECIALS[name]);
