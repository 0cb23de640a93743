import { OTHER } from '@dimmer/core/other';
import type { Observation } from './observed.ts';
import { partsOf, type Source } from './source.ts';

/** Applications, instances and further candidates that a report names; the others are one. Why: decision 0180. */
const MOST_NAMED = { applications: 50, instances: 100, candidates: 20 } as const;

/** How those of one name did, in numbers that can be read beside each other. */
interface SourceFigures {
  /** Of the candidate, as people met with it and in the shadow. */
  readonly calls: number;
  readonly errors: number;
  readonly compared: number;
  readonly different: number;
  /** When they were first and last told of within the window, ms since 1970. */
  readonly first: number;
  readonly last: number;
}

export interface ApplicationFigures extends SourceFigures {
  /** `null`: it says none. `(other)`: there were too many to be kept apart. */
  readonly application: string | null;
  readonly version: string | null;
}

export interface InstanceFigures extends SourceFigures {
  readonly instance: string | null;
  /** With its version, as it is configured. */
  readonly application: string | null;
}

export interface CandidateFigures extends SourceFigures {
  readonly candidate: string;
}

type Sum = { -readonly [Figure in keyof SourceFigures]: number };

/** Who has told of a launch within a window. */
export class SourceRecord {
  readonly #applications = new Map<string, Sum & { readonly application: string | null }>();
  readonly #instances = new Map<string, Sum & Pick<Source, 'application' | 'instance'>>();
  readonly #candidates = new Map<string, Sum>();

  add({ application, instance, first, last }: Source, observation: Observation): void {
    const name = this.#applications.size < MOST_NAMED.applications ? application : OTHER;
    const known = this.#applications.get(JSON.stringify(application)) ?? this.#applications.get(JSON.stringify(name));
    const sum = known ?? { application: name, ...nothing(first) };
    if (!known) this.#applications.set(JSON.stringify(name), sum);
    count(sum, observation, first, last);

    const key = JSON.stringify([application, instance]);
    const isNamed = this.#instances.has(key) || this.#instances.size < MOST_NAMED.instances;
    const place = isNamed ? key : OTHER;
    const teller = isNamed ? { application, instance } : { application: OTHER, instance: OTHER };
    const its = this.#instances.get(place) ?? { ...teller, ...nothing(first) };
    this.#instances.set(place, its);
    count(its, observation, first, last);
  }

  /** Notes a further candidate. */
  addCandidate({ candidate = OTHER, first, last }: Source, observation: Observation): void {
    const name = this.#candidates.has(candidate) || this.#candidates.size < MOST_NAMED.candidates ? candidate : OTHER;
    const sum = this.#candidates.get(name) ?? nothing(first);
    this.#candidates.set(name, sum);
    count(sum, observation, first, last);
  }

  /** By name. */
  candidates(): CandidateFigures[] {
    return [...this.#candidates]
      .map(([candidate, figures]) => ({ candidate, ...figures }))
      .sort((one, other) => (one.candidate < other.candidate ? -1 : 1));
  }

  /** The newest first: after a deployment it is what people look for. */
  applications(): ApplicationFigures[] {
    return [...this.#applications.values()]
      .map(({ application, ...figures }) => {
        const { name, version } = partsOf(application);
        return { application: name, version, ...figures };
      })
      .sort((one, other) => other.first - one.first || other.calls - one.calls);
  }

  /** Those that differ and fail most first. */
  instances(): InstanceFigures[] {
    const trouble = ({ errors, different, calls }: SourceFigures) => (errors + different) / Math.max(1, calls);
    return [...this.#instances.values()].sort((one, other) => trouble(other) - trouble(one) || other.calls - one.calls);
  }
}

function nothing(first: number): Sum {
  return { calls: 0, errors: 0, compared: 0, different: 0, first, last: first };
}

function count(sum: Sum, { paths, compared }: Observation, first: number, last: number): void {
  for (const { path, role, calls, errors } of paths) {
    if (path !== 'candidate' || (role !== 'answer' && role !== 'shadow')) continue;
    sum.calls += calls;
    sum.errors += Object.values(errors).reduce((total, each) => total + each, 0);
  }
  sum.compared += compared.same + compared.different + compared.ignored;
  sum.different += compared.different;
  sum.first = Math.min(sum.first, first);
  sum.last = Math.max(sum.last, last);
}
