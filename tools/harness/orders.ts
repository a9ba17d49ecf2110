// What the harness and a gateway under test say to each other over the channel between the processes.
import type { PointName } from './points.ts';

/** How a gateway is built wrongly, to show that the harness notices. */
export const BROKEN = [
  'answersEarly',
  'forgetsDuplicates',
  'doesNotSync',
  'doesNotSyncFiles',
  'doesNotSyncFolders',
  'leavesFiles',
] as const;
export type Broken = (typeof BROKEN)[number];

/** Given in DK_HARNESS as JSON. */
export interface Settings {
  readonly broken?: Broken;
  /** Folder in which a process that ends at a point says so, in a file named by its number. */
  readonly lastWords: string;
}

export type Order =
  /** Become the gateway of this configuration. */
  | { readonly do: 'go'; readonly config: string }
  /** Keep the log of the store in `folder` whole from now on, and say in `file` how far it is on disk. */
  | { readonly do: 'mark'; readonly folder: string; readonly file: string }
  | { readonly do: 'unmark' }
  | { readonly do: 'arm'; readonly point: PointName; readonly nth: number; readonly freeze?: boolean }
  | { readonly do: 'disarm' }
  /** The terms of the newest messages under an agreement. */
  | { readonly do: 'terms'; readonly cpaId: string }
  | { readonly do: 'look'; readonly conversations: readonly string[] }
  /** Take away every file that nothing names, however young: nothing is being received. */
  | { readonly do: 'sweep' }
  /** The machine's clock jumps; the monotonic one does not. */
  | { readonly do: 'clock'; readonly offsetMs: number }
  /** `calls`: each call of the store waits first; `commit`: each COMMIT holds the event loop. */
  | { readonly do: 'slow'; readonly ms: number; readonly where: 'calls' | 'commit' }
  /** Every connection that somebody opened to this gateway breaks. */
  | { readonly do: 'cut' }
  /** Each n-th business message goes out twice; 0: none. */
  | { readonly do: 'copies'; readonly every: number };

/** What a message took over from the agreement under which it was accepted. */
export interface Terms {
  readonly retries: number;
  readonly retryIntervalMs: number;
}

export interface Look {
  /** Open jobs, without those that wait for an application. */
  readonly open: number;
  readonly toCollect: number;
  /** Posts made so far. */
  readonly posts: number;
  /** First writes of work that stood still, refused because another had done it meanwhile. */
  readonly lateRefused: number;
  /** Answers with 503. */
  readonly busyAnswers: number;
  /** Messages of partners that were in the gateway at once. */
  readonly mostAtOnce: number;
  readonly records: readonly { readonly id: string; readonly direction: 'in' | 'out'; readonly state: string }[];
}

export interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly problem?: string;
}
