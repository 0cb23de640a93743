import { grantInput } from '@dimmer/contract';
import { z } from '@hono/zod-openapi';
import { VERSION } from '../version.ts';
import type { AdminRoutes } from './admin-route.ts';
import type { AdminServices } from './admin-services.ts';

const meAnswer = z
  .object({
    kind: z.enum(['person', 'token']),
    id: z.string(),
    name: z.string(),
    email: z.string().nullable(),
    twoFactor: z.boolean().nullable().openapi({ description: 'Whether signing in takes a second factor.' }),
    grants: z.array(grantInput),
    server: z.object({ version: z.string() }),
  })
  .openapi('Me');

/** Who is asking, and what they may do. */
export function addMe(routes: AdminRoutes, { changeLog, signIn }: AdminServices): void {
  routes.add({
    ...{ method: 'get', path: '/me', tag: 'People', action: 'handler decides' },
    ...{ summary: 'Who you are, and what you may do', answer: meAnswer },
    async handle({ credential: { kind, id, name, grants } }) {
      const isPerson = kind === 'person';
      const account = isPerson ? await signIn?.account(id) : null;
      return {
        json: {
          ...{ kind: isPerson ? 'person' : 'token', id, name, grants },
          email: changeLog.state.person(id)?.body.email ?? null,
          twoFactor: account?.twoFactor ?? null,
          server: { version: VERSION },
        },
      };
    },
  });
}
