// What every store must do, run on each of them; above all what the loser of a race is told.
import { afterEach, beforeEach, describe } from '@jest/globals';
import type { OpenedStore } from '../../adapter/store/index.ts';
import { claims, claimsWithRoom } from './contract-claim.ts';
import { commits } from './contract-commit.ts';
import { finding } from './contract-find.ts';
import { agreements, blobs, keeping, kept } from './contract-keep.ts';

export function storeContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`store contract on ${name}`, () => {
    let store: OpenedStore;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());
    const given = (): OpenedStore => store;
    commits(given);
    claims(given);
    claimsWithRoom(given);
    finding(given);
    blobs(given);
    agreements(given);
    keeping(given);
    kept(given);
  });
}
