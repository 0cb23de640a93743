import type { Audience } from '@dimmer/core';
import { OTHER } from '@dimmer/core/other';
import { Counter, Gauge, type Registry } from 'prom-client';
import { isShedCause } from '../launches/causes.ts';
import type { LaunchSummary } from '../launches/launch-summary.ts';
import { MergedHistogram } from './merged-histogram.ts';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** `audience`: browser keys are public, so an alert had better go by what servers say. */
const ABOUT = ['project', 'environment', 'flag', 'audience'] as const;
const OF_PATH = [...ABOUT, 'path', 'role'] as const;

/** Whose words they are. */
interface Scope {
  readonly project: string;
  readonly environment: string;
  readonly audience: Audience;
}

interface HeldLaunch extends Pick<Scope, 'project' | 'environment'> {
  readonly flag: string;
  readonly sharePercent: number;
}

/** Launches named in labels. A service has a few; nobody wants a time series for each of thousands. */
const MOST_NAMED = 200;

const ROLES: ReadonlySet<string> = new Set(['answer', 'shadow', 'fallback', 'noise']);

/**
 * Launches and migrations on `/metrics`, as SDKs observed them. Only flags that the server knows come here, the first
 * so many by name and all others as `(other)`, project and environment included; and so are words that it does not know.
 */
export class LaunchMetrics {
  readonly #named = new Set<string>();
  readonly #calls: Counter<(typeof OF_PATH)[number]>;
  readonly #errors: Counter<(typeof OF_PATH)[number]>;
  readonly #hanging: Counter<(typeof OF_PATH)[number]>;
  readonly #stops: Counter<(typeof ABOUT)[number]>;
  readonly #durations: MergedHistogram<(typeof OF_PATH)[number]>;
  readonly #compared: Counter<(typeof ABOUT)[number] | 'with' | 'outcome'>;
  readonly #shed: Counter<(typeof ABOUT)[number] | 'cause'>;
  readonly #refused: Counter<'audience' | 'reason'>;
  readonly #registry: Registry;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#registry = registry;
    this.#calls = new Counter({
      name: 'dimmer_launch_calls_total',
      help: 'Calls of launches and migrations, by path (control, candidate) and role (answer, shadow, fallback, noise). With audience="browser", the word of whoever has the public key of browsers.',
      labelNames: OF_PATH,
      registers,
    });
    this.#errors = new Counter({
      name: 'dimmer_launch_errors_total',
      help: 'Those of the calls that failed.',
      labelNames: OF_PATH,
      registers,
    });
    this.#hanging = new Counter({
      name: 'dimmer_launch_hanging_total',
      help: 'Calls found still under way after their time. Those that end after all are in the calls as well.',
      labelNames: OF_PATH,
      registers,
    });
    this.#stops = new Counter({
      name: 'dimmer_launch_harm_stops_total',
      help: 'How often a process has stopped its shadows because callers were slower with them.',
      labelNames: ABOUT,
      registers,
    });
    this.#durations = new MergedHistogram(registry, {
      name: 'dimmer_launch_duration_seconds',
      help: 'How long the calls took.',
      bounds: SECONDS,
    });
    this.#compared = new Counter({
      name: 'dimmer_launch_compared_total',
      help: 'Results of control compared `with` the candidate’s or its own second run, by outcome.',
      labelNames: [...ABOUT, 'with', 'outcome'] as const,
      registers,
    });
    this.#shed = new Counter({
      name: 'dimmer_launch_shed_total',
      help: 'Shadows that were not run, by cause.',
      labelNames: [...ABOUT, 'cause'] as const,
      registers,
    });
    this.#refused = new Counter({
      name: 'dimmer_launch_summaries_refused_total',
      help: 'Summaries that were not counted: invalid, of a flag that is no launch here (unknown), too many at once (full) or in a day (day).',
      labelNames: ['audience', 'reason'] as const,
      registers,
    });
  }

  /** Shows which launches are held when somebody reads. */
  watch(held: () => readonly HeldLaunch[]): void {
    const about = (launch: HeldLaunch) => this.#about({ ...launch, audience: 'server' }, launch.flag);
    new Gauge({
      name: 'dimmer_launch_held_percent',
      help: 'Percent of the calls that may have a shadow, of launches that make callers wait by the figures of all processes. Absent: not held.',
      labelNames: ABOUT,
      registers: [this.#registry],
      collect() {
        this.reset();
        // Those without a name share a line: the strictest.
        const strictest = held().toSorted((one, other) => other.sharePercent - one.sharePercent);
        for (const launch of strictest) this.set(about(launch), launch.sharePercent);
      },
    });
  }

  /** @param summary of a launch or migration that this server knows */
  observed(scope: Scope, summary: LaunchSummary): void {
    const about = this.#about(scope, summary.flag);
    for (const { path, role, calls, hanging = 0, errors, latency } of summary.paths) {
      const labels = { ...about, path, role: ROLES.has(role) ? role : OTHER };
      this.#calls.inc(labels, calls);
      for (const count of Object.values(errors)) this.#errors.inc(labels, count);
      if (hanging > 0) this.#hanging.inc(labels, hanging);
      this.#durations.add(labels, latency);
    }
    if (summary.switchback && summary.switchback.stops > 0) this.#stops.inc(about, summary.switchback.stops);
    this.#comparisons({ ...about, with: 'candidate' }, summary.compared);
    this.#comparisons({ ...about, with: 'control' }, summary.noise);
    for (const [cause, count] of Object.entries(summary.shed)) {
      this.#shed.inc({ ...about, cause: isShedCause(cause) ? cause : OTHER }, count);
    }
  }

  refused(audience: Audience, reason: 'invalid' | 'unknown' | 'full' | 'day'): void {
    this.#refused.inc({ audience, reason });
  }

  #about({ project, environment, audience }: Scope, flag: string) {
    const name = `${project}/${environment}/${flag}`;
    if (this.#named.size < MOST_NAMED) this.#named.add(name);
    if (!this.#named.has(name)) return { project: OTHER, environment: OTHER, flag: OTHER, audience };
    return { project, environment, flag, audience };
  }

  #comparisons(labels: Record<(typeof ABOUT)[number] | 'with', string>, outcomes: LaunchSummary['compared']): void {
    for (const [outcome, count] of Object.entries(outcomes))
      if (count > 0) this.#compared.inc({ ...labels, outcome }, count);
  }
}
