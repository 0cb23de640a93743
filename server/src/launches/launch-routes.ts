import { z } from '@hono/zod-openapi';
import type { AdminRoutes } from '../api/admin-route.ts';
import type { AdminServices } from '../api/admin-services.ts';
import { found } from '../api/found.ts';
import { parseInstant } from '../api/instant-query.ts';
import { ofTargeting } from '../api/path-fields.ts';
import { findEnvironment, findFlag } from '../commands/find.ts';
import { ApiError } from '../http/api-error.ts';
import { launchReportAnswer } from './launch-report-answer.ts';
import type { Launches } from './launches.ts';
import { makeReport } from './report.ts';
import { reportText } from './report-text.ts';

const HOUR_MS = 3_600_000;
/** A longer window would be read for seconds; minutes are not kept for longer either. */
const LONGEST_MS = 7 * 24 * HOUR_MS;
const MINUTE_MS = 60_000;

/** What was observed of launches and migrations. */
export function addLaunchRoutes(
  routes: AdminRoutes,
  { changeLog, now, launches }: Pick<AdminServices, 'changeLog' | 'now'> & { readonly launches: Launches },
): void {
  const { state } = changeLog;
  routes.add({
    method: 'get',
    path: '/projects/{project}/flags/{flag}/environments/{environment}/launch',
    tag: 'Delivery',
    summary: 'How a launch or migration is doing: errors, latency, differences, and whether it may go live',
    action: 'read',
    params: ofTargeting,
    query: z.object({
      from: z
        .string()
        .optional()
        .openapi({ description: 'RFC 3339 with zone, or milliseconds since 1970. Default: an hour before `to`.' }),
      to: z.string().optional().openapi({ description: 'The same. Default: now. At most 7 days after `from`.' }),
      audience: z
        .enum(['all', 'server', 'browser'])
        .default('all')
        .openapi({ description: 'Whose word: browser keys are public, and whoever has one can make figures up.' }),
      format: z
        .enum(['json', 'text'])
        .optional()
        .openapi({ description: '`text` is for terminals. Default: what `Accept` prefers, else `json`.' }),
    }),
    answer: launchReportAnswer,
    text: 'The same, to be read by people.',
    async handle({ params: { project, flag, environment }, query, prefersText }) {
      found(findEnvironment(state, project, environment));
      const { body } = found(findFlag(state, project, flag));
      if (body.type !== 'launch' && body.type !== 'migration') {
        throw new ApiError(
          'FLAG_TYPE_WRONG',
          `"${flag}" is a ${body.type} flag, of which nothing runs in the shadow.`,
          {
            fix: 'Reports are for flags of type launch or migration.',
          },
        );
      }
      const to = query.to === undefined ? now() + 1 : parseInstant(query.to, 'to');
      const from = query.from === undefined ? to - HOUR_MS : parseInstant(query.from, 'from');
      if (from >= to || to - from > LONGEST_MS) {
        throw new ApiError('QUERY_INVALID', 'A report is about a time between a moment and seven days.', {
          fix: 'Choose "from" before "to", and at most seven days apart.',
          path: 'from',
        });
      }
      const targeting = state.targeting(project, flag, environment);
      if (!targeting) throw new Error(`Flag ${flag} has no targeting in ${project}/${environment}.`);
      const subject = { flag: body, targeting: targeting.body, environment, from, to, audience: query.audience };
      // Minutes are known by their beginning; the one in which the window begins belongs to it.
      const whole = { project, flag, environment, from: from - (from % MINUTE_MS), to };
      const report = await makeReport(subject, launches.read(whole));
      const isText = query.format === undefined ? prefersText : query.format === 'text';
      return isText ? { json: null, text: reportText(report) } : { json: report };
    },
  });
}
