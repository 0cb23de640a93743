import { propagationRoutes } from '@dimmer/contract';
import { hasStages } from '@dimmer/core/flag-types';
import { findEnvironment, findFlag } from '../commands/find.ts';
import { ApiError } from '../http/api-error.ts';
import type { Launches } from '../launches/launches.ts';
import { makeReport } from '../launches/report.ts';
import { reportText } from '../launches/report-text.ts';
import type { AdminRoutes } from './admin-route.ts';
import type { AdminServices } from './admin-services.ts';
import { found } from './found.ts';
import { parseInstant } from './instant-query.ts';

const HOUR_MS = 3_600_000;
/** A longer window would be read for seconds; minutes are not kept for longer either. */
const LONGEST_MS = 7 * 24 * HOUR_MS;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * HOUR_MS;
/** In the place of an instant: that of the last change of the flag's rules. */
const SINCE_CHANGE = 'change';

/** What was observed of launches and migrations. */
export function addLaunchRoutes(
  routes: AdminRoutes,
  { changeLog, now, launches }: Pick<AdminServices, 'changeLog' | 'now'> & { readonly launches: Launches },
): void {
  const { state } = changeLog;
  routes.add(propagationRoutes.getLaunchReport, {
    action: 'read',
    async handle({ params: { project, flag, environment }, query, prefersText }) {
      found(findEnvironment(state, project, environment));
      const { body } = found(findFlag(state, project, flag));
      if (!hasStages(body.type)) {
        throw new ApiError(
          'FLAG_TYPE_WRONG',
          `"${flag}" is a ${body.type} flag, of which nothing runs in the shadow.`,
          {
            fix: 'Reports are for flags of type launch or migration.',
          },
        );
      }
      const targeting = state.targeting(project, flag, environment);
      if (!targeting) throw new Error(`Flag ${flag} has no targeting in ${project}/${environment}.`);
      const to = query.to === undefined ? now() + 1 : parseInstant(query.to, 'to');
      const change = query.from === SINCE_CHANGE ? await changeLog.change(targeting.revision) : undefined;
      const from = change
        ? Math.max(change.at, to - LONGEST_MS)
        : query.from === undefined
          ? to - HOUR_MS
          : parseInstant(query.from, 'from');
      if (from >= to || to - from > LONGEST_MS) {
        throw new ApiError('QUERY_INVALID', 'A report is about a time between a moment and seven days.', {
          fix: 'Choose "from" before "to", and at most seven days apart.',
          path: 'from',
        });
      }
      const { audience, application, version, instance, candidate } = query;
      const filter = { application, version, instance, candidate };
      const since = change && { revision: change.revision, at: change.at };
      const hold = await launches.seekHold({ project, environment, flag });
      const subject = { flag: body, targeting: targeting.body, environment, from, to, since, audience, filter, hold };
      // Minutes are known by their beginning; the one in which the window begins is looked at row by row.
      const read = (begin: number, end: number) =>
        launches.read({ project, flag, environment, from: begin - (begin % MINUTE_MS), to: end });
      const beforeMs = Math.min(DAY_MS, Math.max(HOUR_MS, to - from));
      const report = await makeReport(subject, read(from, to), () => read(from - beforeMs, from));
      const isText = query.format === undefined ? prefersText : query.format === 'text';
      return isText ? { text: reportText(report) } : { json: report };
    },
  });
}
