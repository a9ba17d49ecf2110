// The scenes of the bench: one hub between two ends, or a plain pair of gateways; started, loaded, and read.
import type { ChildProcess } from 'node:child_process';
import type { CreatableProfile } from '../../adapter/agreement/index.ts';
import { type HarnessParty, type HarnessPlan, type Layout, layOut, routeTo } from '../harness/layout.ts';
import { type GatewayProcess, importCpas, start, startGateway, stop } from '../harness/processes.ts';
import type { EndOptions, EndReport } from './end.ts';
import type { EndOrder } from './end-main.ts';

export const OINS = {
  zender: '00000001999999810000',
  hub: '00000001999999820000',
  ontvanger: '00000001999999830000',
} as const;
export const ZENDER_CODE = '9999';
export const ONTVANGER_CODE = '99999901';

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

/** An end in its own process. */
export class EndProcess {
  readonly child: ChildProcess;
  #next = 1;
  readonly #open = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();

  private constructor(child: ChildProcess) {
    this.child = child;
    child.on('message', (message: { id: number; value?: unknown; problem?: string }) => {
      const waiting = this.#open.get(message.id);
      this.#open.delete(message.id);
      if (message.problem === undefined) waiting?.resolve(message.value);
      else waiting?.reject(new Error(message.problem));
    });
    child.on('exit', () => {
      for (const waiting of this.#open.values()) waiting.reject(new Error('an end of the bench stopped'));
    });
  }

  static async open(options: EndOptions): Promise<EndProcess> {
    const end = new EndProcess(start('tools/bench/end-main.js', [JSON.stringify(options)]));
    await new Promise((resolve, reject) => end.#open.set(0, { resolve, reject }));
    return end;
  }

  order(order: WithoutId<EndOrder>): Promise<unknown> {
    const id = this.#next;
    this.#next += 1;
    return new Promise((resolve, reject) => {
      this.#open.set(id, { resolve, reject });
      this.child.send({ ...order, id });
    });
  }

  async report(): Promise<EndReport> {
    return (await this.order({ do: 'report' })) as EndReport;
  }
}

export interface HubScene {
  readonly layout: Layout;
  readonly hub: GatewayProcess;
  readonly sender: EndProcess;
  readonly receiver: EndProcess;
  stop(): Promise<void>;
}

export interface HubOptions {
  readonly dir: string;
  readonly profile?: CreatableProfile;
  readonly sync: boolean;
  /** Both ends write XML as most other products do: not canonical as it stands. */
  readonly spaced?: boolean;
  readonly execArgv?: readonly string[];
  /** Runs after the layout is made and before the hub starts. */
  readonly prepare?: (layout: Layout) => Promise<void>;
}

/** Sender → hub → receiver: signed and reliable on both legs. */
export async function openHub(options: HubOptions): Promise<HubScene> {
  const layout = await layOut(options.dir, hubPlan(options));
  await options.prepare?.(layout);
  const gateway = await startGateway(
    layout,
    'hub',
    options.execArgv === undefined ? {} : { execArgv: options.execArgv },
  );
  await importCpas(layout, 'hub');
  const { sync, spaced = false } = options;
  const end = (name: string, cpaId: string, codes: readonly [string, string]) =>
    EndProcess.open({ layout, name, peer: 'hub', cpaId, zender: codes[0], ontvanger: codes[1], sync, spaced });
  const sender = await end('zender', CPA_IDS.zender, [ZENDER_CODE, ONTVANGER_CODE]);
  const receiver = await end('ontvanger', CPA_IDS.ontvanger, [ONTVANGER_CODE, ZENDER_CODE]);
  return {
    layout,
    hub: gateway,
    sender,
    receiver,
    stop: async () => {
      await stop(sender.child);
      await stop(receiver.child);
      await stop(gateway.child);
    },
  };
}

const CPA_IDS = { zender: 'METING_ZENDER', ontvanger: 'METING_ONTVANGER' } as const;

export function hubPlan({ profile = 'osb-rm-s', sync }: HubOptions): HarnessPlan {
  const zender: HarnessParty = { name: 'zender', oin: OINS.zender, organisatie: ZENDER_CODE, gateway: false };
  const ontvanger: HarnessParty = {
    name: 'ontvanger',
    oin: OINS.ontvanger,
    organisatie: ONTVANGER_CODE,
    gateway: false,
  };
  const bare: HarnessParty = { name: 'hub', oin: OINS.hub, organisatie: 'IB', gateway: true };
  const settings = {
    routes: [
      routeTo(bare, ontvanger, CPA_IDS.ontvanger, ONTVANGER_CODE),
      routeTo(bare, zender, CPA_IDS.zender, 'gemeente'),
    ],
    hub: {
      senders: [
        { partyId: zender.oin, zenders: [ZENDER_CODE] },
        { partyId: ontvanger.oin, zenders: [ONTVANGER_CODE] },
      ],
    },
    client: { connectionsPerPartner: 16 },
  };
  const cpas = (['zender', 'ontvanger'] as const).map((name) => ({
    cpaId: CPA_IDS[name],
    parties: ['hub', name] as const,
    profile,
    syncReply: sync ? ('mshSignalsOnly' as const) : ('none' as const),
    retries: 8,
    retryInterval: 'PT10M',
  }));
  return { parties: [zender, { ...bare, settings }, ontvanger], cpas };
}
