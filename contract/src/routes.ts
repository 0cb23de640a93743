import type { AnswerOf, RouteShape } from './route.ts';
import { changeRequestRoutes } from './routes/change-requests.ts';
import { changeRoutes } from './routes/changes.ts';
import { flagRoutes } from './routes/flags.ts';
import { keyRoutes } from './routes/keys.ts';
import { peopleRoutes } from './routes/people.ts';
import { projectRoutes } from './routes/projects.ts';
import { propagationRoutes } from './routes/propagation.ts';
import { segmentRoutes } from './routes/segments.ts';
import { targetingRoutes } from './routes/targeting.ts';

// Why: decision 0181.
/** Every route of the admin API, by its name. */
export const ROUTES = {
  ...projectRoutes,
  ...flagRoutes,
  ...targetingRoutes,
  ...segmentRoutes,
  ...keyRoutes,
  ...changeRoutes,
  ...changeRequestRoutes,
  ...peopleRoutes,
  ...propagationRoutes,
} as const satisfies Readonly<Record<string, RouteShape>>;

type Routes = typeof ROUTES;

/** What each route answers, by its method and path: `Answers['GET /projects/{project}/flags/{flag}']`. */
export type Answers = {
  readonly [Name in keyof Routes as `${Uppercase<Routes[Name]['method']>} ${Routes[Name]['path']}`]: AnswerOf<
    Routes[Name]
  >;
};
