import { keyRoutes, type pageQuery } from '@dimmer/contract';
import type { z } from 'zod';
import { can, mayGrant } from '../access/can.ts';
import { mintToken } from '../access/token.ts';
import { findEnvironment } from '../commands/find.ts';
import { createKey, type KeyScope, revokeKey, rotateKey } from '../commands/keys.ts';
import type { Live } from '../documents/document.ts';
import { ApiError } from '../http/api-error.ts';
import type { AdminRequest, AdminRoutes } from './admin-route.ts';
import type { AdminServices } from './admin-services.ts';
import { allow } from './allow.ts';
import { found } from './found.ts';
import { pageOf } from './page-of.ts';
import { answerWrite, keyStatus, presentDocument } from './present.ts';

type Execute = AdminRequest<unknown, unknown, unknown>['execute'];

/** Keys of environments (server, browser) and of people and machines that use this API (admin). */
export function addKeys(routes: AdminRoutes, { changeLog, now, keyUses }: AdminServices): void {
  const { state } = changeLog;

  const listed = async (keys: readonly Live<'key'>[], query: z.output<typeof pageQuery>) => {
    const { items, next } = pageOf(keys, ({ id }) => id, query);
    const at = now();
    const uses = await keyUses.lastUses(items.map(({ id }) => id));
    const shown = items.map((key) => ({
      ...presentDocument(key),
      status: keyStatus(state, key.body, at),
      lastUsedAt: uses.get(key.id) ?? null,
    }));
    return { json: { items: shown, next } };
  };

  const create = async (scope: KeyScope, input: { name: string; expiresAt?: number }, execute: Execute) => {
    const minted = mintToken(scope.kind);
    return answerWrite(changeLog, await execute(createKey(scope, input, minted)), 'key', { token: minted.text });
  };

  /** A key that exists and that the caller may manage; else it is as if it were not there. */
  const manageable = ({
    params,
    credential,
  }: Pick<AdminRequest<{ key: string }, never, never>, 'params' | 'credential'>) => {
    const key = state.key(params.key);
    if (key && can(credential, 'manage', key.project, key.environment)) return key;
    throw new ApiError('KEY_NOT_FOUND', `There is no key "${params.key}" that you may manage.`);
  };

  routes.add(keyRoutes.listEnvironmentKeys, {
    action: 'manage',
    handle({ params: { project, environment }, query }) {
      found(findEnvironment(state, project, environment));
      const keys = [...state.keys()].filter(
        ({ body }) => body.kind !== 'admin' && body.project === project && body.environment === environment,
      );
      return listed(keys, query);
    },
  });

  routes.add(keyRoutes.createEnvironmentKey, {
    action: 'manage',
    handle: ({ params, body: { kind, ...input }, execute }) => create({ kind, ...params }, input, execute),
  });

  routes.add(keyRoutes.listAdminKeys, {
    action: 'handler decides',
    handle({ query, credential }) {
      const keys = [...state.keys()].filter(
        ({ body }) => body.kind === 'admin' && can(credential, 'manage', body.project, body.environment),
      );
      return listed(keys, query);
    },
  });

  routes.add(keyRoutes.createAdminKey, {
    action: 'handler decides',
    handle({ body: { role, project = null, environment = null, ...input }, credential, execute }) {
      allow(credential, 'manage', project, environment);
      if (!mayGrant(credential, { role, project, environment })) throw lackOf(role);
      return create({ kind: 'admin', role, project, environment }, input, execute);
    },
  });

  routes.add(keyRoutes.rotateKey, {
    action: 'handler decides',
    async handle(request) {
      const key = manageable(request);
      const minted = mintToken(key.body.kind);
      return answerWrite(changeLog, await request.execute(rotateKey(key, request.body, minted)), 'key', {
        token: minted.text,
      });
    },
  });

  routes.add(keyRoutes.revokeKey, {
    action: 'handler decides',
    handle: async (request) => answerWrite(changeLog, await request.execute(revokeKey(manageable(request))), 'key'),
  });
}

function lackOf(role: string): ApiError {
  return new ApiError('FORBIDDEN', `You cannot give the role of ${role}, because you may not do all that it may.`, {
    fix: 'Give a role that allows no more than your own.',
  });
}
