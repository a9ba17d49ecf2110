// The process around one end of the bench: takes orders over the channel to its parent.
import { readFileSync } from 'node:fs';
import { End, type EndOptions } from './end.ts';

export type EndOrder =
  | {
      readonly do: 'send';
      readonly id: number;
      readonly seconds: number;
      readonly width: number;
      readonly perSecond?: number;
    }
  | {
      readonly do: 'sealAhead';
      readonly id: number;
      readonly payload: string;
      readonly times: number;
    }
  | { readonly do: 'sendSealed'; readonly id: number; readonly times: number }
  | { readonly do: 'report'; readonly id: number }
  | { readonly do: 'stop'; readonly id: number };

const end = new End(JSON.parse(process.argv[2] ?? '{}') as EndOptions);

async function obey(order: EndOrder): Promise<unknown> {
  switch (order.do) {
    case 'send': {
      const until = performance.timeOrigin + performance.now() + order.seconds * 1000;
      await end.send(until, order.width, order.perSecond);
      return undefined;
    }
    case 'sealAhead':
      return end.sealAhead(readFileSync(order.payload), order.times);
    case 'sendSealed':
      return end.sendSealed(order.times);
    case 'report':
      return end.takeReport();
    case 'stop':
      await end.close();
      setImmediate(() => process.exit(0));
      return undefined;
  }
}

process.on('message', (order: EndOrder) => {
  obey(order).then(
    (value) => process.send?.({ id: order.id, value }),
    (error: unknown) => process.send?.({ id: order.id, problem: error instanceof Error ? error.message : 'failed' }),
  );
});
process.on('disconnect', () => process.exit(0));
await end.listen();
process.send?.({ id: 0 });
