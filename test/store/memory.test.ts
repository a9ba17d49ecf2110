// The store contract on SQLite in memory.
import { expect, test } from '@jest/globals';
import { openStore } from '../../adapter/store/index.ts';
import { storeContract } from './contract.ts';

storeContract('sqlite::memory:', () => openStore('sqlite::memory:', { maxWaiting: 500 }));

test('D2 a store that is not in this version is refused by name, without the password of its URL', async () => {
  const refusal = openStore('mongodb://user:secret@db.example/gateway');
  await expect(refusal).rejects.toThrow(
    'store mongodb: not in this version; expected sqlite:<folder> or sqlite::memory:',
  );
});
