import { targetingRoutes } from '@dimmer/contract';
import { setDials } from '../commands/dials.ts';
import { findEnvironment, findFlag } from '../commands/find.ts';
import { rollOut } from '../commands/rollout.ts';
import { addRule, removeRule, reorderRules, updateRule } from '../commands/rules.ts';
import { killFlag, restoreFlag, toggleFlag } from '../commands/switches.ts';
import {
  replaceTargeting,
  setFallthrough,
  setOffVariation,
  setPrerequisites,
  targetKeys,
  untargetKeys,
} from '../commands/targeting.ts';
import type { AdminRoutes } from './admin-route.ts';
import type { AdminServices } from './admin-services.ts';
import type { Done } from './carry-out.ts';
import { found } from './found.ts';
import { answerDocument, answerWrite } from './present.ts';

/** A flag in one environment: switches, rollouts, rules, targets. */
export function addTargeting(routes: AdminRoutes, { changeLog }: AdminServices): void {
  const { state } = changeLog;
  const written = (done: Done) => answerWrite(changeLog, done, 'targeting');

  routes.add(targetingRoutes.getTargeting, {
    action: 'read',
    handle({ params: { project, flag, environment } }) {
      found(findEnvironment(state, project, environment));
      found(findFlag(state, project, flag));
      const document = state.targeting(project, flag, environment);
      if (!document) throw new Error(`Flag ${flag} has no targeting in ${project}/${environment}.`);
      return answerDocument(document);
    },
  });

  routes.add(targetingRoutes.replaceTargeting, {
    action: 'write',
    handle: async ({ params, body, execute }) => written(await execute(replaceTargeting(params, body))),
  });

  routes.add(targetingRoutes.toggleFlag, {
    action: 'operate',
    handle: async ({ params, body, execute }) => written(await execute(toggleFlag(params, body))),
  });

  routes.add(targetingRoutes.rollOut, {
    action: 'operate',
    handle: async ({ params, body, execute }) => written(await execute(rollOut(params, body))),
  });

  routes.add(targetingRoutes.killFlag, {
    action: 'kill',
    handle: async ({ params, execute }) => written(await execute(killFlag(params))),
  });

  routes.add(targetingRoutes.restoreFlag, {
    action: 'operate',
    handle: async ({ params, execute }) => written(await execute(restoreFlag(params))),
  });

  routes.add(targetingRoutes.targetKeys, {
    action: 'write',
    handle: async ({ params, body, execute }) => written(await execute(targetKeys(params, body))),
  });

  routes.add(targetingRoutes.untargetKeys, {
    action: 'write',
    handle: async ({ params, body, execute }) => written(await execute(untargetKeys(params, body))),
  });

  routes.add(targetingRoutes.setPrerequisites, {
    action: 'write',
    handle: async ({ params, body, execute }) => written(await execute(setPrerequisites(params, body))),
  });

  routes.add(targetingRoutes.setFallthrough, {
    action: 'write',
    handle: async ({ params, body, execute }) => written(await execute(setFallthrough(params, body))),
  });

  routes.add(targetingRoutes.setOffVariation, {
    action: 'write',
    handle: async ({ params, body, execute }) => written(await execute(setOffVariation(params, body))),
  });

  routes.add(targetingRoutes.setDials, {
    action: 'operate',
    handle: async ({ params, body, execute }) => written(await execute(setDials(params, body))),
  });

  routes.add(targetingRoutes.addRule, {
    action: 'write',
    handle: async ({ params, body, execute }) => written(await execute(addRule(params, body))),
  });

  routes.add(targetingRoutes.reorderRules, {
    action: 'write',
    handle: async ({ params, body, execute }) => written(await execute(reorderRules(params, body))),
  });

  routes.add(targetingRoutes.updateRule, {
    action: 'write',
    handle: async ({ params, body, execute }) => written(await execute(updateRule(params, params.rule, body))),
  });

  routes.add(targetingRoutes.removeRule, {
    action: 'write',
    handle: async ({ params, execute }) => written(await execute(removeRule(params, params.rule))),
  });
}
