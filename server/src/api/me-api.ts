import { peopleRoutes } from '@dimmer/contract';
import { VERSION } from '../version.ts';
import type { AdminRoutes } from './admin-route.ts';
import type { AdminServices } from './admin-services.ts';

/** Who is asking, and what they may do. */
export function addMe(routes: AdminRoutes, { changeLog, signIn }: AdminServices): void {
  routes.add(peopleRoutes.getMe, {
    action: 'handler decides',
    async handle({ credential: { kind, id, name, grants } }) {
      const isPerson = kind === 'person';
      const account = isPerson ? await signIn?.account(id) : null;
      return {
        json: {
          kind: isPerson ? 'person' : 'token',
          id,
          name,
          grants,
          email: changeLog.state.person(id)?.body.email ?? null,
          twoFactor: account?.twoFactor ?? null,
          server: { version: VERSION },
        },
      };
    },
  });
}
