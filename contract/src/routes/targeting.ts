import { explanationAnswer } from '../answers/explanation.ts';
import { targeting } from '../answers/flag.ts';
import { writeAnswer } from '../answers/write.ts';
import { dialsInput } from '../inputs/dials.ts';
import { explainInput } from '../inputs/explain.ts';
import { rolloutInput } from '../inputs/rollout.ts';
import { addRuleInput, reorderRulesInput, updateRuleInput } from '../inputs/rules.ts';
import {
  fallthroughInput,
  offVariationInput,
  prerequisitesInput,
  targetingInput,
  targetKeysInput,
  toggleInput,
  untargetKeysInput,
} from '../inputs/targeting.ts';
import { ofRule, ofTargeting } from '../path-params.ts';
import { route } from '../route.ts';

const PATH = '/projects/{project}/flags/{flag}/environments/{environment}';
/** What all writes of a targeting have in common. */
const written = { tag: 'Targeting', params: ofTargeting, answer: writeAnswer(targeting) } as const;

export const targetingRoutes = {
  getTargeting: route({
    method: 'get',
    path: PATH,
    tag: 'Targeting',
    summary: 'The targeting of a flag in one environment',
    params: ofTargeting,
    answer: targeting,
  }),
  replaceTargeting: route({
    ...written,
    method: 'put',
    path: PATH,
    summary: 'Replace the targeting whole (needs If-Match)',
    body: targetingInput,
  }),
  toggleFlag: route({
    ...written,
    method: 'post',
    path: `${PATH}/toggle`,
    summary: 'Turn a flag on or off',
    body: toggleInput,
  }),
  rollOut: route({
    ...written,
    method: 'post',
    path: `${PATH}/rollout`,
    summary: 'Say how many people get what',
    body: rolloutInput,
  }),
  killFlag: route({
    ...written,
    method: 'post',
    path: `${PATH}/kill`,
    summary: 'Turn a flag off now, with a reason',
  }),
  restoreFlag: route({
    ...written,
    method: 'post',
    path: `${PATH}/restore`,
    summary: 'Take a kill back: the flag is on if it was on before',
  }),
  targetKeys: route({
    ...written,
    method: 'post',
    path: `${PATH}/targets`,
    summary: 'Give some keys one variation',
    body: targetKeysInput,
  }),
  untargetKeys: route({
    ...written,
    method: 'post',
    path: `${PATH}/targets/remove`,
    summary: 'Take some keys out of the targets',
    body: untargetKeysInput,
  }),
  setPrerequisites: route({
    ...written,
    method: 'put',
    path: `${PATH}/prerequisites`,
    summary: 'Set the prerequisites',
    body: prerequisitesInput,
  }),
  setFallthrough: route({
    ...written,
    method: 'put',
    path: `${PATH}/fallthrough`,
    summary: 'Set what is served where no rule matches',
    body: fallthroughInput,
  }),
  setOffVariation: route({
    ...written,
    method: 'put',
    path: `${PATH}/off`,
    summary: 'Set what is served while the flag is off',
    body: offVariationInput,
  }),
  setDials: route({
    ...written,
    method: 'patch',
    path: `${PATH}/dials`,
    summary: 'Turn the dials of a launch or migration',
    body: dialsInput,
  }),
  addRule: route({ ...written, method: 'post', path: `${PATH}/rules`, summary: 'Add a rule', body: addRuleInput }),
  reorderRules: route({
    ...written,
    method: 'post',
    path: `${PATH}/rules/reorder`,
    summary: 'Put the rules in another order',
    body: reorderRulesInput,
  }),
  updateRule: route({
    ...written,
    method: 'patch',
    path: `${PATH}/rules/{rule}`,
    summary: 'Change a rule',
    params: ofRule,
    body: updateRuleInput,
  }),
  removeRule: route({
    ...written,
    method: 'delete',
    path: `${PATH}/rules/{rule}`,
    summary: 'Remove a rule',
    params: ofRule,
  }),
  explainFlag: route({
    method: 'post',
    path: `${PATH}/explain`,
    tag: 'Targeting',
    summary: 'What somebody gets, and why, now or at another time',
    params: ofTargeting,
    isRead: true,
    body: explainInput,
    answer: explanationAnswer,
  }),
} as const;
