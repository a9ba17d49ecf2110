// The counters and gauges that monitoring reads; labels never hold an id or free text.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { EventFields, EventName } from './events.ts';

export interface JobBacklog {
  readonly kind: string;
  readonly ready: number;
  readonly oldestSeconds: number;
}

export interface Metrics {
  readonly registry: Registry;
  count(event: EventName, fields: EventFields): void;
  transmit(ms: number): void;
  ackWait(ms: number): void;
  backlog(jobs: readonly JobBacklog[]): void;
  certificateDays(name: string, days: number): void;
  agreementDays(days: ReadonlyMap<string, number>): void;
}

/** Events that move a message into a state, for `dk_messages_total`. */
const STATES: Readonly<Partial<Record<EventName, { direction: 'in' | 'out'; state: string }>>> = {
  'message.accepted': { direction: 'in', state: 'received' },
  'message.refused': { direction: 'in', state: 'rejected' },
  'message.delivered': { direction: 'in', state: 'delivered' },
  'message.parked': { direction: 'in', state: 'parked' },
  'content.refused': { direction: 'in', state: 'refused' },
  'message.submitted': { direction: 'out', state: 'queued' },
  'message.sent': { direction: 'out', state: 'sent' },
  'message.acknowledged': { direction: 'out', state: 'acknowledged' },
  'message.rejected': { direction: 'out', state: 'rejected' },
  'message.failed': { direction: 'out', state: 'failed' },
  'message.expired': { direction: 'out', state: 'expired' },
};

const POST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** An acknowledgment may come after hours: retries of a reliable profile go on for days. */
const ACK_SECONDS = [0.1, 0.5, 1, 5, 30, 60, 300, 1_800, 3_600, 10_800, 43_200, 86_400, 432_000];

/** A partner chooses its error codes, so what is no plain word and what comes after the first hundred is counted together. */
const CODE = /^[A-Za-z][A-Za-z0-9:._-]{0,40}$/;
const MAX_CODES = 100;
const OTHER = 'other';

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'dk_' });
  const count = createCounters(registry);
  const transmit = histogram(registry, 'dk_transmit_seconds', 'Time of one POST to a partner', POST_SECONDS);
  const ackWait = histogram(registry, 'dk_ack_wait_seconds', 'From acceptance to acknowledgment', ACK_SECONDS);
  const ready = gauge(registry, 'dk_jobs_ready', 'Jobs that are due', 'kind');
  const oldest = gauge(registry, 'dk_oldest_job_seconds', 'Age of the oldest due job', 'kind');
  const certificate = gauge(registry, 'dk_certificate_days', 'Days until a certificate ends', 'name');
  const agreement = gauge(registry, 'dk_agreement_days', 'Days until a CPA ends', 'name');
  return {
    registry,
    count,
    transmit: (ms) => transmit.observe(ms / 1000),
    ackWait: (ms) => ackWait.observe(ms / 1000),
    backlog(jobs) {
      for (const job of jobs) {
        ready.set({ kind: job.kind }, job.ready);
        oldest.set({ kind: job.kind }, job.oldestSeconds);
      }
    },
    certificateDays: (name, days) => certificate.set({ name }, days),
    agreementDays(days) {
      agreement.reset();
      for (const [name, left] of days) agreement.set({ name }, left);
    },
  };
}

function createCounters(registry: Registry): Metrics['count'] {
  const messages = counter(registry, 'dk_messages_total', 'Messages by direction and state reached', [
    'direction',
    'state',
  ]);
  const issues = counter(registry, 'dk_issues_total', 'Findings by code', ['code']);
  const duplicates = counter(registry, 'dk_duplicates_total', 'Copies of known messages', []);
  const events = counter(registry, 'dk_events_total', 'Events told', ['event']);
  const codes = new Set<string>();
  const labelOf = (code: string): string => {
    if (!CODE.test(code) || (codes.size >= MAX_CODES && !codes.has(code))) return OTHER;
    codes.add(code);
    return code;
  };
  return (event, fields) => {
    events.inc({ event });
    const state = STATES[event];
    if (state !== undefined) messages.inc(state);
    if (event === 'message.duplicate') duplicates.inc();
    if (fields.code !== undefined) issues.inc({ code: labelOf(fields.code) });
  };
}

const counter = (registry: Registry, name: string, help: string, labelNames: readonly string[]): Counter =>
  new Counter({ name, help, labelNames, registers: [registry] });

const gauge = (registry: Registry, name: string, help: string, labelName: string): Gauge =>
  new Gauge({ name, help, labelNames: [labelName], registers: [registry] });

const histogram = (registry: Registry, name: string, help: string, buckets: number[]): Histogram =>
  new Histogram({ name, help, buckets, registers: [registry] });
