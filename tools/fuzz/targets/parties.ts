// Two invented parties with certificates, made once per process.
import { type DevPki, makeDevPki } from '../../certs/index.ts';

export const OIN_A = '00000099000000001000';
export const OIN_B = '00000099000000002000';

let made: Promise<DevPki> | undefined;

export function fuzzPki(): Promise<DevPki> {
  made ??= makeDevPki({
    parties: [
      { oin: OIN_A, name: 'partij-a' },
      { oin: OIN_B, name: 'partij-b' },
    ],
    bad: true,
    reuseKeys: true,
  });
  return made;
}
