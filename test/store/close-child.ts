// Child process of disk.test.ts: opens a store, writes, closes it and says so; nothing else keeps it alive.
import { writeSync } from 'node:fs';
import { openStore } from '../../adapter/store/index.ts';
import { inserted, record } from './record.ts';

const store = await openStore(`sqlite:${process.argv[2]}`);
await store.commit(inserted(record('m1')));
// Long enough for the checkpoint thread to be up: closing must wait for it too.
await new Promise((resolve) => setTimeout(resolve, 500));
await store.close();
writeSync(1, 'closed\n');
