import { given, ofTargeting } from '@dimmer/contract';
import type { EvaluationContext } from '@dimmer/core';
import { z } from '@hono/zod-openapi';
import { findEnvironment, findFlag } from '../commands/find.ts';
import { explainFlag } from '../ruleset/explain-flag.ts';
import { stateThen } from '../ruleset/state-then.ts';
import type { AdminRoutes } from './admin-route.ts';
import type { AdminServices } from './admin-services.ts';
import { found } from './found.ts';
import { parseInstant } from './instant-query.ts';

/** Kept as it was sent: an attribute may be named `__proto__`, which zod's own records leave out. */
const contextField = z
  .custom<EvaluationContext>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'Send an object, e.g. {"targetingKey": "user-17", "plan": "pro"}.',
  )
  .openapi({ type: 'object', additionalProperties: true, example: { targetingKey: 'user-17', plan: 'pro' } });

const explainInput = z.strictObject({
  context: contextField,
  at: given(z.union([z.string(), z.number()])).openapi({
    description: 'As of when, rules and clock alike: RFC 3339 with zone, or milliseconds since 1970. Default: now.',
  }),
});

const explainAnswer = z
  .looseObject({
    evaluation: z.looseObject({ reason: z.string(), variation: z.string().optional(), ruleId: z.string().optional() }),
    decidedBy: z.enum(['nothing', 'off', 'prerequisite', 'target', 'rule', 'fallthrough']),
    prerequisites: z.array(z.looseObject({})),
    rules: z.array(z.looseObject({})).openapi({ description: 'Those that were looked at, with each condition.' }),
    revision: z.number().int().openapi({ description: 'The last change that was known then.' }),
    at: z.number().int(),
  })
  .openapi('Explanation');

/** Why a flag decides as it does for somebody: which rule, which bucket. */
export function addExplain(routes: AdminRoutes, { changeLog, now }: AdminServices): void {
  routes.add({
    ...{ method: 'post', path: '/projects/{project}/flags/{flag}/environments/{environment}/explain' },
    ...{ tag: 'Targeting', action: 'read', summary: 'What somebody gets, and why, now or at another time' },
    ...{ params: ofTargeting, body: explainInput, answer: explainAnswer },
    async handle({ params, body }) {
      const { state } = changeLog;
      found(findEnvironment(state, params.project, params.environment));
      found(findFlag(state, params.project, params.flag));
      if (body.at === undefined) {
        const at = now();
        const { revision } = state.head;
        return { json: { ...(await explainFlag(state, params, body.context, at)), revision, at } };
      }
      const at = parseInstant(String(body.at), 'at');
      const revision = await changeLog.revisionAt(at);
      const then = await stateThen(changeLog, params, revision);
      return { json: { ...(await explainFlag(then, params, body.context, at)), revision, at } };
    },
  });
}
