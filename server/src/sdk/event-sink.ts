import type { LaunchHold } from '@dimmer/core';
import type { z } from 'zod';
import type { Evaluations } from '../evaluations/evaluations.ts';
import { describeIssue } from '../http/describe-issue.ts';
import { launchSummary } from '../launches/launch-summary.ts';
import type { Launches } from '../launches/launches.ts';
import type { Teller } from '../launches/source.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Scope } from '../ruleset/ruleset-source.ts';
import type { EventsBody } from './events-body.ts';
import { identityFrom } from './who-connects.ts';

/** What of a batch was not taken, and why. */
interface RefusedEvent {
  readonly path: string;
  readonly message: string;
}

const messages = {
  unknown: (flag: string) => `There is no launch or migration "${flag}" here.`,
  full: () => 'Too many launches and minutes wait to be written; this was dropped.',
  day: () => 'This environment has written as much of launches today as it may; this was dropped.',
} as const;

/** Where figures go. */
export interface EventSink {
  /** Takes those of a batch that has not come before. */
  take(scope: Scope, body: EventsBody): readonly RefusedEvent[];
  /** Of the launches that a batch tells of: how many shadows are let in, where they are held back. */
  holds(scope: Scope, body: EventsBody): readonly LaunchHold[];
}

/** A process that hears no more from its server is not held for longer, s: it has brakes of its own. */
const HOLD_S = 180;

interface Figures {
  readonly evaluations: Pick<Evaluations, 'add'>;
  readonly launches: Pick<Launches, 'add' | 'heldTo'>;
  readonly metrics: Metrics;
}

/** Counts: summaries go to the evaluations, observations to the launches. */
export function countEvents({ evaluations, launches, metrics }: Figures): EventSink {
  return {
    take(scope, body) {
      for (const summary of body.summaries) metrics.evaluated(scope.audience, evaluations.add(scope, summary));
      const teller = tellerOf(body);
      return body.launches.flatMap((launch, index) => takeLaunch(scope, launch, teller, `launches[${index}]`));
    },
    holds({ project, environment, audience }, body) {
      if (audience !== 'server') return [];
      return flagsTold(body).flatMap((flag) => {
        const hold = launches.heldTo({ project, environment, flag });
        return hold ? [{ flag, sharePercent: hold.sharePercent, forS: HOLD_S }] : [];
      });
    },
  };

  /** Takes what was observed of one launch; answers why not, if it is of no use. */
  function takeLaunch(scope: Scope, launch: unknown, sender: Teller, path: string): RefusedEvent[] {
    const result = launchSummary.safeParse(launch);
    if (!result.success) {
      metrics.launches.refused(scope.audience, 'invalid');
      const { message } = describeIssue(result.error.issues[0] as z.core.$ZodIssue);
      return [{ path, message }];
    }
    const added = launches.add(scope, result.data, narrowed(sender, tellerOf(result.data)));
    if (added === 'counted') {
      metrics.launches.observed(scope, result.data);
      return [];
    }
    metrics.launches.refused(scope.audience, added);
    return [{ path, message: messages[added](result.data.flag) }];
  }
}

/** The flags of the launches of a batch, each once. */
export function flagsTold({ launches }: Pick<EventsBody, 'launches'>): readonly string[] {
  const flags = launches.map((launch) => (launch as { readonly flag?: unknown } | null)?.flag);
  return [...new Set(flags.filter((flag) => typeof flag === 'string'))];
}

function narrowed(sender: Teller, { application, instance }: Teller): Teller {
  return application === null && instance === null ? sender : { application, instance };
}

/** Who tells, as far as it is said. A relay says it of each launch, as it sends those of many in one batch. */
function tellerOf({ application, instance }: Partial<Record<keyof Teller, string | null | undefined>>): Teller {
  const said = identityFrom({ application, instance });
  return { application: said.application, instance: said.instance };
}
