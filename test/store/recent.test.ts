// The octets kept in memory after a commit: bounded, and gone with what was deleted.
import { expect, test } from '@jest/globals';
import { RecentBlobs } from '../../adapter/store/sqlite/recent.ts';
import { sha256 } from './record.ts';

const blob = (fill: number, bytes = 1024 * 1024) => {
  const inline = Buffer.alloc(bytes, fill);
  return { sha256: sha256(inline), bytes, inline };
};

test('D11 what was written last is at hand, the oldest falls out above 4 MB', () => {
  const recent = new RecentBlobs();
  const all = Array.from({ length: 12 }, (_, i) => blob(i));
  for (const one of all) recent.remember([one]);
  expect(all.map((one) => recent.get(one.sha256) !== undefined)).toEqual(all.map((_, i) => i >= 8));
});

test('a blob that is remembered again counts once, one without octets not at all', () => {
  const recent = new RecentBlobs();
  const [same, other] = [blob(1), blob(2)];
  for (let i = 0; i < 20; i += 1) recent.remember([same, { sha256: 'f'.repeat(64), bytes: 9_000_000 }]);
  recent.remember([other]);
  expect(recent.get(same.sha256)).toBe(same.inline);
  expect(recent.get(other.sha256)).toBe(other.inline);
});

test('D10 what was deleted is not found in memory', () => {
  const recent = new RecentBlobs();
  const gone = blob(3);
  recent.remember([gone]);
  recent.forget(gone.sha256);
  recent.forget(gone.sha256);
  expect(recent.get(gone.sha256)).toBeUndefined();
});
