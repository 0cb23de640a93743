import {
  addRuleInput,
  dialsInput,
  documentAnswer,
  fallthroughInput,
  offVariationInput,
  ofRule,
  ofTargeting,
  prerequisitesInput,
  reorderRulesInput,
  rolloutInput,
  targetingBody,
  targetingInput,
  targetKeysInput,
  toggleInput,
  untargetKeysInput,
  updateRuleInput,
  writeAnswer,
} from '@dimmer/contract';
import type { z } from 'zod';
import type { Command } from '../commands/command.ts';
import { setDials } from '../commands/dials.ts';
import { findEnvironment, findFlag, type TargetingName } from '../commands/find.ts';
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
import type { Action } from '../keys/can.ts';
import type { AdminRoutes } from './admin-route.ts';
import type { AdminServices } from './admin-services.ts';
import { found } from './found.ts';
import { answerDocument, answerWrite } from './present.ts';

const targetingAnswer = documentAnswer('Targeting', targetingBody.shape);
const PATH = '/projects/{project}/flags/{flag}/environments/{environment}';

/** A flag in one environment: switches, rollouts, rules, targets. */
export function addTargeting(routes: AdminRoutes, { changeLog }: AdminServices): void {
  const { state } = changeLog;
  const tag = 'Targeting';
  const answer = writeAnswer(targetingAnswer);

  /** An act with a body, on one targeting. */
  const act = <Body extends z.ZodObject>(
    path: string,
    summary: string,
    body: Body,
    command: (where: TargetingName, input: z.output<Body>) => Command,
    { method = 'post', action = 'write' }: { method?: 'post' | 'put' | 'patch'; action?: Action } = {},
  ) => {
    routes.add<typeof ofTargeting, Body>({
      ...{ method, path: PATH + path, tag, action, summary, params: ofTargeting, body, answer },
      handle: async ({ params, body: input, execute }) => answerWrite(changeLog, await execute(command(params, input))),
    });
  };

  /** An act that needs nothing but perhaps a reason. */
  const bareAct = (path: string, summary: string, action: Action, command: (where: TargetingName) => Command) => {
    routes.add({
      ...{ method: 'post', path: PATH + path, tag, action, summary, params: ofTargeting, answer },
      handle: async ({ params, execute }) => answerWrite(changeLog, await execute(command(params))),
    });
  };

  routes.add({
    ...{ method: 'get', path: PATH, tag, action: 'read', summary: 'The targeting of a flag in one environment' },
    ...{ params: ofTargeting, answer: targetingAnswer },
    handle({ params: { project, flag, environment } }) {
      found(findEnvironment(state, project, environment));
      found(findFlag(state, project, flag));
      const document = state.targeting(project, flag, environment);
      if (!document) throw new Error(`Flag ${flag} has no targeting in ${project}/${environment}.`);
      return answerDocument(document);
    },
  });

  act('', 'Replace the targeting whole (needs If-Match)', targetingInput, replaceTargeting, { method: 'put' });
  act('/toggle', 'Turn a flag on or off', toggleInput, toggleFlag, { action: 'operate' });
  act('/rollout', 'Say how many people get what', rolloutInput, rollOut, { action: 'operate' });
  bareAct('/kill', 'Turn a flag off now, with a reason', 'kill', killFlag);
  bareAct('/restore', 'Take a kill back: the flag is on if it was on before', 'operate', restoreFlag);
  act('/targets', 'Give some keys one variation', targetKeysInput, targetKeys);
  act('/targets/remove', 'Take some keys out of the targets', untargetKeysInput, untargetKeys);
  act('/prerequisites', 'Set the prerequisites', prerequisitesInput, setPrerequisites, { method: 'put' });
  act('/fallthrough', 'Set what is served where no rule matches', fallthroughInput, setFallthrough, { method: 'put' });
  act('/off', 'Set what is served while the flag is off', offVariationInput, setOffVariation, { method: 'put' });
  act('/dials', 'Turn the dials of a launch or migration', dialsInput, setDials, {
    method: 'patch',
    action: 'operate',
  });
  act('/rules', 'Add a rule', addRuleInput, addRule);
  act('/rules/reorder', 'Put the rules in another order', reorderRulesInput, reorderRules);

  routes.add({
    ...{ method: 'patch', path: `${PATH}/rules/{rule}`, tag, action: 'write', summary: 'Change a rule' },
    ...{ params: ofRule, body: updateRuleInput, answer },
    handle: async ({ params, body, execute }) =>
      answerWrite(changeLog, await execute(updateRule(params, params.rule, body))),
  });

  routes.add({
    ...{ method: 'delete', path: `${PATH}/rules/{rule}`, tag, action: 'write', summary: 'Remove a rule' },
    ...{ params: ofRule, answer },
    handle: async ({ params, execute }) => answerWrite(changeLog, await execute(removeRule(params, params.rule))),
  });
}
