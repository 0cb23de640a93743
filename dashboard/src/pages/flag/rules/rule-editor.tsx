import { Button, Fieldset, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Fragment } from 'react';
import type { Flag } from '../../../api/flags.ts';
import type { Condition, Rule } from '../../../api/targeting.ts';
import { ConditionEditor } from '../../../conditions/condition-editor.tsx';
import classes from './rules.module.css';
import { ServeEditor } from './serve-editor.tsx';

interface Props {
  readonly flag: Flag;
  readonly project: string;
  readonly rule: Rule;
  readonly before: Rule | undefined;
  readonly index: number;
  readonly off: string;
  readonly problems: ReadonlyMap<string, string>;
  readonly mayWrite: boolean;
  readonly onChange: (rule: Rule) => void;
}

/** Who a rule is about, and what they get. */
export function RuleEditor({ flag, project, rule, before, index, off, problems, mayWrite, onChange }: Props) {
  const { when } = rule;
  const set = (position: number, condition: Condition): void =>
    onChange({ ...rule, when: when.map((each, place) => (place === position ? condition : each)) });
  const rename = (description: string): void => {
    const { description: _old, ...rest } = rule;
    onChange(description === '' ? rest : { ...rest, description });
  };
  return (
    <div className={classes.editor}>
      {mayWrite && (
        <>
          <TextInput
            label="Name (optional)"
            description="What this rule is for, in a few words."
            maxLength={2_000}
            value={rule.description ?? ''}
            onChange={(event) => rename(event.currentTarget.value)}
          />
          <Fieldset legend="If all of these hold">
            <Stack gap="xs">
              {when.length === 0 && (
                <Text size="sm" c="dimmed">
                  No conditions: it is about everybody.
                </Text>
              )}
              {when.map((condition, position) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no other name.
                <Fragment key={position}>
                  {position > 0 && <span className={classes.and}>and</span>}
                  <ConditionEditor
                    project={project}
                    condition={condition}
                    number={position + 1}
                    problemAt={(field) => problems.get(`rules[${index}].when[${position}].${field}`)}
                    onChange={(changed) => set(position, changed)}
                    onRemove={() => onChange({ ...rule, when: when.filter((_, place) => place !== position) })}
                  />
                </Fragment>
              ))}
              <div>
                <Button
                  size="xs"
                  variant="default"
                  leftSection={<IconPlus size={14} aria-hidden />}
                  onClick={() => onChange({ ...rule, when: [...when, { attribute: '', operator: 'in', values: [] }] })}
                >
                  Add a condition
                </Button>
              </div>
            </Stack>
          </Fieldset>
        </>
      )}
      <Fieldset legend="They get">
        <ServeEditor
          flag={flag}
          serve={rule.serve}
          before={before?.serve}
          off={off}
          problem={problems.get(`rules[${index}].serve`)}
          onChange={(serve) => onChange({ ...rule, serve })}
        />
      </Fieldset>
    </div>
  );
}
