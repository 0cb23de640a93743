import { type Audience, MOST_RULESET_BYTES } from '@dimmer/core';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ConnectionObserver, CutReason } from '../http/connections.ts';
import type { HubObserver } from '../hub/hub-observer.ts';
import type { CloseReason } from '../hub/sse-stream.ts';
import type { RulesetSize } from '../ruleset/watch-weights.ts';
import { LaunchMetrics } from './launch-metrics.ts';

const REQUEST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const FAN_OUT_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1];

/** What is read when somebody asks for the metrics. */
interface Watched {
  readonly revision: () => number;
  /** Ms since 1970; `null` while the database answers. */
  readonly databaseLostSince: () => number | null;
  /** `null`: not known, or there is nobody to be notified by. */
  readonly notified: () => boolean | null;
  /** The largest, of a bounded number of environments. */
  readonly rulesets: () => readonly RulesetSize[];
}

/**
 * Everything that `/metrics` shows. A registry of its own for each server, so that several run in one process.
 *
 * Labels are bounded by the code, never by what a client sends: route patterns instead of paths, and no flag keys but of
 * launches, of which there are few and the first 200 are named.
 */
export class Metrics implements HubObserver, ConnectionObserver {
  readonly #registry = new Registry();
  readonly #requests = new Histogram({
    name: 'dimmer_http_request_duration_seconds',
    help: 'Time from the head of a request to its response, by route. Streams count until they are open.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: REQUEST_SECONDS,
    registers: [this.#registry],
  });
  readonly #encodings = new Counter({
    name: 'dimmer_encodings_total',
    help: 'Snapshots and patches turned into bytes. One for a change and audience, whatever the number of streams.',
    labelNames: ['audience', 'kind'] as const,
    registers: [this.#registry],
  });
  readonly #fanOut = new Histogram({
    name: 'dimmer_fan_out_duration_seconds',
    help: 'Time to hand one change to every stream of an environment and audience.',
    labelNames: ['audience'] as const,
    buckets: FAN_OUT_SECONDS,
    registers: [this.#registry],
  });
  readonly #streams = new Gauge({
    name: 'dimmer_streams',
    help: 'Streams open now. Those of browsers need their public key only.',
    labelNames: ['audience'] as const,
    registers: [this.#registry],
  });
  readonly #closings = new Counter({
    name: 'dimmer_streams_closed_total',
    help: 'Streams that ended: client (it went), stalled (it did not read), key (revoked or expired), drain, age (half an hour).',
    labelNames: ['audience', 'reason'] as const,
    registers: [this.#registry],
  });
  readonly #refusals = new Counter({
    name: 'dimmer_streams_refused_total',
    help: 'Streams not opened: full (at the limit), busy (too many at once), crowded (too many from one address), draining, behind (the client is ahead while the database or the server above is away), large (the ruleset is larger than SDKs take).',
    labelNames: ['reason'] as const,
    registers: [this.#registry],
  });
  readonly #cuts = new Counter({
    name: 'dimmer_connections_cut_total',
    help: 'Connections that were cut: stalled (an answer that nobody reads), crowded (too many that have shown no key), pipelined (too many requests at once on one), flooding (too many requests without a secret from one address), crumbs (a body in pieces of a few bytes).',
    labelNames: ['reason'] as const,
    registers: [this.#registry],
  });
  readonly #changes = new Counter({
    name: 'dimmer_changes_total',
    help: 'Changes committed by this server, by command.',
    labelNames: ['command'] as const,
    registers: [this.#registry],
  });
  readonly #evaluations = new Counter({
    name: 'dimmer_evaluations_total',
    help: 'Evaluations that SDKs have told of in their summaries. Those of browsers are the word of whoever has their public key.',
    labelNames: ['audience'] as const,
    registers: [this.#registry],
  });

  readonly #evaluationsDropped = new Counter({
    name: 'dimmer_evaluations_dropped_total',
    help: 'Evaluations that were told of and are missing from the counts: too much waited to be written, or was written in a day.',
    registers: [this.#registry],
  });
  readonly #rollCalls = new Counter({
    name: 'dimmer_roll_calls_refused_total',
    help: 'Roll calls that came with a key of browsers and without a server key beside it: a relay that cannot show it is one.',
    registers: [this.#registry],
  });

  /** What SDKs observed of launches and migrations. */
  readonly launches = new LaunchMetrics(this.#registry);

  constructor() {
    // Brings memory, CPU, garbage collection and the lag of the event loop.
    collectDefaultMetrics({ register: this.#registry });
    for (const audience of ['server', 'browser'] as const) this.#streams.set({ audience }, 0);
  }

  /** Shows what is asked for when somebody reads. */
  watch({ revision, databaseLostSince, notified, rulesets }: Watched): void {
    const registers = [this.#registry];
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({ name, help, registers, collect: (): void => this.#gauge(name).set(read()) });
    gauge('dimmer_revision', 'Revision of the change log that this server serves.', revision);
    gauge('dimmer_database_up', '0 while the database does not answer, and writes are refused.', () =>
      databaseLostSince() === null ? 1 : 0,
    );
    gauge(
      'dimmer_notifications_arrive',
      '0 while changes of other servers are found by polling only, within 2 s.',
      () => (notified() === false ? 0 : 1),
    );
    gauge('dimmer_ruleset_limit_bytes', 'What makes a ruleset larger than this is refused.', () => MOST_RULESET_BYTES);
    new Gauge({
      name: 'dimmer_ruleset_bytes',
      help: 'Size of the ruleset that servers get, of the 100 largest.',
      labelNames: ['project', 'environment'] as const,
      registers,
      collect() {
        this.reset();
        for (const { project, environment, bytes } of rulesets()) this.set({ project, environment }, bytes);
      },
    });
  }

  /** Shows, of a relay, how many keys it serves and how many of their streams from above work. */
  watchUpstream(count: () => { readonly keys: number; readonly live: number }): void {
    const registers = [this.#registry];
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({ name, help, registers, collect: (): void => this.#gauge(name).set(read()) });
    gauge('dimmer_relay_keys', 'Keys that SDKs below this relay come with.', () => count().keys);
    gauge('dimmer_relay_keys_live', 'Of these, those whose stream from the server above works.', () => count().live);
  }

  #gauge(name: string): Gauge {
    return this.#registry.getSingleMetric(name) as Gauge;
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** @param route the pattern, not the path */
  answered(method: string, route: string, status: number, tookMs: number): void {
    this.#requests.observe({ method, route, status }, tookMs / 1_000);
  }

  encoded(audience: Audience, kind: 'snapshot' | 'patch'): void {
    this.#encodings.inc({ audience, kind });
  }

  fannedOut(audience: Audience, _streams: number, tookMs: number): void {
    this.#fanOut.observe({ audience }, tookMs / 1_000);
  }

  opened(audience: Audience): void {
    this.#streams.inc({ audience });
  }

  closed(audience: Audience, reason: CloseReason): void {
    this.#streams.dec({ audience });
    this.#closings.inc({ audience, reason });
  }

  refused(reason: 'full' | 'busy' | 'crowded' | 'draining' | 'behind' | 'large'): void {
    this.#refusals.inc({ reason });
  }

  /** @param command the name of a command, of which there are some dozens */
  changed(command: string): void {
    this.#changes.inc({ command });
  }

  cut(reason: CutReason): void {
    this.#cuts.inc({ reason });
  }

  rollCallRefused(): void {
    this.#rollCalls.inc();
  }

  evaluationsDropped(count: number): void {
    this.#evaluationsDropped.inc(count);
  }

  evaluated(audience: Audience, count: number): void {
    this.#evaluations.inc({ audience }, count);
  }
}
