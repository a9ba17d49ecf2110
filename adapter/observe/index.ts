// Observation: code tells an event once; the log line, the metric and the alert follow from the event map.
import { Writable } from 'node:stream';
import winston from 'winston';
import { EVENTS, type EventFields, type EventName, FIELDS, type Level } from './events.ts';
import { createMetrics, type JobBacklog } from './metrics.ts';
import { redact } from './redact.ts';
import { toStandardOutput } from './standard-output.ts';

export { EVENTS, type EventFields, type EventName, isEventName, type Level } from './events.ts';
export { faultOf } from './fault.ts';
export type { JobBacklog } from './metrics.ts';
export { isBsn, redact } from './redact.ts';

/** Longest texts in characters: a line is for reading, and a partner's text must not fill the disk. */
const MAX_LENGTH: Partial<Record<keyof EventFields, number>> = { detail: 4_000, code: 100 };
const MAX_ID = 500;

export interface ObserverOptions {
  /** Who speaks: the field `gateway` of each line. */
  readonly name: string;
  readonly level: Level | 'silent';
  /** Where lines go; standard output when absent. */
  readonly write?: (line: string) => void;
}

export type Listener = (event: EventName, fields: EventFields) => void;

export interface Observer {
  /** Tells that something happened. Never throws and never waits; unknown fields are left out. */
  emit(event: EventName, fields: EventFields): void;
  /** Adds a listener, which is told what the log is told; the returned function removes it. One that throws is ignored. */
  subscribe(listener: Listener): () => void;
  observeTransmit(ms: number): void;
  observeAckWait(ms: number): void;
  setBacklog(jobs: readonly JobBacklog[]): void;
  /** `name` is that of a side or a file: never a person or a message. */
  setCertificateDays(name: string, days: number): void;
  /** Of every CPA, by its id; those that were there before and are not now go. */
  setAgreementDays(days: ReadonlyMap<string, number>): void;
  /** Prometheus text format. */
  metricsText(): Promise<string>;
}

export function createObserver(options: ObserverOptions): Observer {
  const metrics = createMetrics();
  const log = createLog(options);
  const listeners = new Set<Listener>();
  return {
    emit(event, fields) {
      safely(() => {
        const view = EVENTS[event];
        const isLogged = log.isLevelEnabled(view.level);
        // Many events of a message are below the level of the log: what nobody hears need not be clean.
        const told = isLogged || listeners.size > 0 || fields.code !== undefined ? clean(fields) : {};
        metrics.count(event, told);
        if (isLogged) {
          const alert = 'alert' in view ? { alert: true } : {};
          log.log({ level: view.level, message: '', event, gateway: options.name, ...told, ...alert });
        }
        for (const listener of listeners) safely(() => listener(event, told));
      });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    observeTransmit: metrics.transmit,
    observeAckWait: metrics.ackWait,
    setBacklog: metrics.backlog,
    setCertificateDays: metrics.certificateDays,
    setAgreementDays: metrics.agreementDays,
    metricsText: () => metrics.registry.metrics(),
  };
}

/**
 * Only known fields, and every text loses what could be a BSN: codes and identifiers too are words that a partner chooses
 * (row 159). A message whose identifier holds one is found by its `cid`, which is ours.
 */
function clean(fields: EventFields): EventFields {
  const told: Record<string, unknown> = {};
  for (const name of FIELDS) {
    const value = fields[name];
    if (value === undefined) continue;
    told[name] =
      typeof value === 'string' && name !== 'cid' ? redact(value).slice(0, MAX_LENGTH[name] ?? MAX_ID) : value;
  }
  return told;
}

function createLog(options: ObserverOptions): winston.Logger {
  const { write = toStandardOutput() } = options;
  const line = winston.format.printf(({ level, message: _message, ...rest }) =>
    onOneLine(JSON.stringify({ at: new Date().toISOString(), level, ...rest })),
  );
  const transport = new winston.transports.Stream({ stream: lineStream(write) });
  const silent = options.level === 'silent';
  return winston.createLogger({
    level: silent ? 'error' : options.level,
    silent,
    format: line,
    transports: [transport],
  });
}

/** JSON lets these stand, and many viewers break a line at them: an event that a partner's text could split is two. */
const LINE_BREAKS = /[\u0085\u2028\u2029]/g;

const onOneLine = (json: string): string =>
  json.replace(LINE_BREAKS, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);

function lineStream(write: (line: string) => void): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      safely(() => write(chunk.toString('utf8').trimEnd()));
      done();
    },
  });
}

/** Watching must never harm what is watched. */
function safely(work: () => void): void {
  try {
    work();
  } catch {
    // The listener's own fault; the event was told to the log already.
  }
}
