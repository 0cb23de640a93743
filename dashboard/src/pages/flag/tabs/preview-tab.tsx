import { Alert, Code, Paper, Stack, Text } from '@mantine/core';
import { IconCheck, IconCircleFilled, IconX } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type Explanation, explain } from '../../../api/explain.ts';
import type { Flag } from '../../../api/flags.ts';
import type { Environment } from '../../../api/projects.ts';
import { type Targeting, targetingQuery } from '../../../api/targeting.ts';
import { Problem } from '../../../elements/problem.tsx';
import { shownText } from '../../../sentences/shown-text.ts';
import { explainSteps, type Step } from '../explain-steps.ts';
import { useAskedAttributes } from '../use-asked-attributes.ts';
import { useHasDraft } from '../use-has-draft.ts';
import { PreviewForm } from './preview-form.tsx';
import classes from './preview-tab.module.css';

interface Props {
  readonly flag: Flag;
  readonly environment: Environment;
}

/** What one person gets, and each step on the way there. */
export function PreviewTab({ flag, environment }: Props) {
  const { project, key } = flag;
  const hasDraft = useHasDraft(flag, environment.key);
  const { data: targeting } = useQuery(targetingQuery(project, key, environment.key));
  const asking = useMutation({ mutationFn: (context: object) => explain(project, key, environment.key, context) });
  const attributes = useAskedAttributes(flag, environment.key);
  return (
    <Stack maw={760}>
      <PreviewForm
        attributes={attributes}
        isBusy={asking.isPending}
        onChange={asking.reset}
        onAsk={(context) => asking.mutate(context)}
      />
      {hasDraft && (
        <Alert color="orange" title="This is about what is saved">
          Your unsaved changes are not in it.
        </Alert>
      )}
      <div aria-live="polite">
        {asking.error && <Problem error={asking.error} />}
        {asking.data && targeting && <Outcome explanation={asking.data} targeting={targeting} />}
      </div>
    </Stack>
  );
}

const WHY: { readonly [decidedBy in Explanation['decidedBy']]: string } = {
  nothing: 'It cannot be decided',
  off: 'The flag is off',
  prerequisite: 'A prerequisite is not met',
  target: 'Named one by one',
  rule: 'By a rule',
  fallthrough: 'By the default rule',
};
const ICONS = { decided: IconCircleFilled, passed: IconCheck, failed: IconX } as const;
const SAID = { decided: 'Decided:', passed: 'Passed:', failed: 'No:' } as const;

function Outcome({ explanation, targeting }: { readonly explanation: Explanation; readonly targeting: Targeting }) {
  const { value, variation, errorCode } = explanation.evaluation;
  return (
    <Paper withBorder p="md">
      <Text fz="1.5rem" fw={700} style={{ overflowWrap: 'anywhere' }} lineClamp={3}>
        {variation === undefined ? 'The default in the code' : shownText(variation)}
      </Text>
      {variation !== undefined && (
        <Code block mah={240} tabIndex={0} style={{ overflow: 'auto' }}>
          {shownText(JSON.stringify(value, null, 2) ?? '')}
        </Code>
      )}
      <Text size="xs" c="dimmed" mt={4} mb="sm">
        {WHY[explanation.decidedBy]} · as of revision {explanation.revision}
        {errorCode === 'TARGETING_KEY_MISSING' && ' · no user id was given, so a percentage cannot be worked out'}
      </Text>
      <ol className={classes.steps} aria-label="How it was decided">
        {explainSteps(explanation, targeting).map((step, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps are never put in another order.
          <StepLine key={index} step={step} />
        ))}
      </ol>
    </Paper>
  );
}

function StepLine({ step: { outcome, sentence, parts } }: { readonly step: Step }) {
  const Icon = ICONS[outcome];
  return (
    <li className={classes.step} data-outcome={outcome}>
      <Icon size={outcome === 'decided' ? 12 : 16} aria-hidden />
      <div>
        <span className="visually-hidden">{SAID[outcome]} </span>
        {sentence}
        {parts.length > 0 && (
          <ul className={classes.parts}>
            {parts.map((part, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: as above.
              <li key={index} data-holds={part.holds}>
                <span aria-hidden>{part.holds ? '✓ ' : '✗ '}</span>
                <span className="visually-hidden">{part.holds ? 'Holds:' : 'Does not hold:'} </span>
                {part.sentence}
              </li>
            ))}
          </ul>
        )}
      </div>
    </li>
  );
}
