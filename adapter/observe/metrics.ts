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
  days(what: 'certificate' | 'agreement', name: string, days: number): void;
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

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'dk_' });
  const registers = [registry];
  const messages = new Counter({
    name: 'dk_messages_total',
    help: 'Messages by direction and state reached',
    labelNames: ['direction', 'state'],
    registers,
  });
  const issues = new Counter({ name: 'dk_issues_total', help: 'Findings by code', labelNames: ['code'], registers });
  const duplicates = new Counter({ name: 'dk_duplicates_total', help: 'Copies of known messages', registers });
  const events = new Counter({ name: 'dk_events_total', help: 'Events told', labelNames: ['event'], registers });
  const transmit = new Histogram({
    name: 'dk_transmit_seconds',
    help: 'Time of one POST to a partner',
    buckets: SECONDS,
    registers,
  });
  const ackWait = new Histogram({
    name: 'dk_ack_wait_seconds',
    help: 'From acceptance to acknowledgment',
    buckets: SECONDS,
    registers,
  });
  const ready = new Gauge({ name: 'dk_jobs_ready', help: 'Jobs that are due', labelNames: ['kind'], registers });
  const oldest = new Gauge({
    name: 'dk_oldest_job_seconds',
    help: 'Age of the oldest due job',
    labelNames: ['kind'],
    registers,
  });
  const certificate = new Gauge({
    name: 'dk_certificate_days',
    help: 'Days until a certificate ends',
    labelNames: ['name'],
    registers,
  });
  const agreement = new Gauge({
    name: 'dk_agreement_days',
    help: 'Days until a CPA ends',
    labelNames: ['name'],
    registers,
  });
  return {
    registry,
    count(event, fields) {
      events.inc({ event });
      const state = STATES[event];
      if (state !== undefined) messages.inc(state);
      if (event === 'message.duplicate') duplicates.inc();
      if (fields.code !== undefined) issues.inc({ code: fields.code });
    },
    transmit: (ms) => transmit.observe(ms / 1000),
    ackWait: (ms) => ackWait.observe(ms / 1000),
    backlog(jobs) {
      for (const job of jobs) {
        ready.set({ kind: job.kind }, job.ready);
        oldest.set({ kind: job.kind }, job.oldestSeconds);
      }
    },
    days: (what, name, days) => (what === 'certificate' ? certificate : agreement).set({ name }, days),
  };
}
