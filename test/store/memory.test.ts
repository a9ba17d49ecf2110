// The store contract on SQLite in memory.
import { expect, test } from '@jest/globals';
import { openStore } from '../../adapter/store/index.ts';
import { storeContract } from './contract.ts';

storeContract('sqlite::memory:', () => openStore('sqlite::memory:', { maxWaiting: 500 }));

test('D2 a store that is not in this version is refused by name, without the password of its URL', async () => {
  const refusal = openStore('mongodb://user:secret@db.example/gateway');
  await expect(refusal).rejects.toThrow(
    'gevonden mongodb; verwacht sqlite:<map> of sqlite::memory:; andere soorten zijn er in deze versie niet',
  );
});
