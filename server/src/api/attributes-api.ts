import { type StoredRule, type StoredServe, segmentRoutes } from '@dimmer/contract';
import { can } from '../access/can.ts';
import { findProject } from '../commands/find.ts';
import type { AdminRoutes } from './admin-route.ts';
import type { AdminServices } from './admin-services.ts';
import { found } from './found.ts';

/** More names are a list that nobody reads; those of the most rules are kept. */
const MOST_NAMES = 500;

type Read = Iterable<Pick<StoredRule, 'when'> & { readonly serve?: StoredServe | undefined }>;

/** Which attributes of people decide anything here, so that authors of rules do not spell one in a new way. */
export function addAttributes(routes: AdminRoutes, { changeLog }: AdminServices): void {
  const { state } = changeLog;
  routes.add(segmentRoutes.listAttributes, {
    action: 'read',
    handle({ params: { project }, credential }) {
      found(findProject(state, project));
      const environments = [...state.environments(project)]
        .map(({ body }) => body.key)
        .filter((environment) => can(credential, 'read', project, environment));
      const uses = new Map<string, number>();
      const count = (rules: Read, fallthrough?: StoredServe): void => {
        for (const name of namesIn(rules, fallthrough)) uses.set(name, (uses.get(name) ?? 0) + 1);
      };
      for (const { body: flag } of state.flags(project)) {
        if (flag.archived) continue;
        for (const environment of environments) {
          const body = state.targeting(project, flag.key, environment)?.body;
          if (body) count(body.rules, body.fallthrough);
        }
      }
      for (const { body } of state.segments(project)) if (!body.archived) count(body.rules);
      const items = [...uses]
        .map(([name, times]) => ({ name, uses: times }))
        .sort((one, other) => other.uses - one.uses || (one.name < other.name ? -1 : 1))
        .slice(0, MOST_NAMES);
      return { json: { items } };
    },
  });
}

/** Names that conditions look at, and by which people are split; once each. */
function namesIn(rules: Read, fallthrough: StoredServe | undefined): ReadonlySet<string> {
  const names = new Set<string>();
  const split = (serve: StoredServe | undefined): void => {
    if (serve && 'slices' in serve && serve.by !== undefined) names.add(serve.by);
  };
  for (const { when, serve } of rules) {
    for (const condition of when) if ('attribute' in condition && condition.attribute) names.add(condition.attribute);
    split(serve);
  }
  split(fallthrough);
  return names;
}
