// Child process of disk.test.ts: commits without end and reports each commit that resolved, until it is killed.
import { writeSync } from 'node:fs';
import { openStore } from '../../adapter/store/index.ts';
import { inline, inserted, record, refOf } from './record.ts';

const store = await openStore(`sqlite:${process.argv[2]}`);
const MAX = 200_000;

for (let i = 0; i < MAX; i += 1) {
  const writer = store.blobs.writer();
  const large = i % 10 === 0;
  await writer.write(Buffer.alloc(large ? 200_000 : 1_000, `body ${i} `));
  const body = await writer.finish();
  const part = { contentId: 'c', contentType: 'text/xml', blob: refOf(body) };
  const message = record(`m${i}`, { parts: [part] });
  await store.commit(inserted(message, { blobs: [inline('<envelope/>'), body] }));
  writeSync(1, `${i}\n`);
}
