import { ActionIcon, Button, Fieldset, Group, Stack, Text } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import type { SegmentRule } from '../../api/segments.ts';
import type { Condition } from '../../api/targeting.ts';
import { ConditionEditor } from '../../conditions/condition-editor.tsx';
import { conditionProblem } from '../../drafts/draft-problems.ts';
import { conditionsSentence } from '../../sentences/condition-sentence.ts';

interface Props {
  readonly project: string;
  readonly rules: readonly SegmentRule[];
  readonly mayWrite: boolean;
  readonly onChange: (rules: readonly SegmentRule[]) => void;
}

const NEW_CONDITION: Condition = { attribute: '', operator: 'in', values: [] };

/** Who is in a segment by what they are like: any of the rules, all conditions of a rule. */
export function SegmentRules({ project, rules, mayWrite, onChange }: Props) {
  const replace = (index: number, when: readonly Condition[]): void =>
    onChange(rules.map((rule, place) => (place === index ? { ...rule, when } : rule)));
  if (!mayWrite) {
    return (
      <Stack gap={4}>
        {rules.length === 0 && <Text c="dimmed">No rules.</Text>}
        {rules.map(({ when }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rules of segments need no name, and rows hold nothing.
          <Text key={index}>{when.length === 0 ? 'Everybody' : `If ${conditionsSentence(when)}`}</Text>
        ))}
      </Stack>
    );
  }
  return (
    <Stack gap="sm">
      {rules.map(({ when }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rules of segments need no name.
        <Fieldset key={index} legend={index === 0 ? 'If all of these hold' : 'Or if all of these hold'}>
          <Stack gap="xs">
            {when.length === 0 && <Text size="sm">No conditions: it is everybody.</Text>}
            {when.map((condition, position) => (
              <ConditionEditor
                // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no other name.
                key={position}
                project={project}
                condition={condition}
                number={position + 1}
                mayNameSegments={false}
                problemAt={(field) => conditionProblem(condition, field)}
                onChange={(changed) => replace(index, when.with(position, changed))}
                onRemove={() => replace(index, when.toSpliced(position, 1))}
              />
            ))}
            <Group justify="space-between">
              <Button
                size="xs"
                variant="default"
                leftSection={<IconPlus size={14} aria-hidden />}
                onClick={() => replace(index, [...when, NEW_CONDITION])}
              >
                Add a condition
              </Button>
              <ActionIcon
                variant="subtle"
                color="red"
                aria-label={`Remove rule ${index + 1}`}
                onClick={() => onChange(rules.toSpliced(index, 1))}
              >
                <IconTrash size={16} aria-hidden />
              </ActionIcon>
            </Group>
          </Stack>
        </Fieldset>
      ))}
      <div>
        <Button
          variant="default"
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => onChange([...rules, { when: [NEW_CONDITION] }])}
        >
          Add a rule
        </Button>
      </div>
    </Stack>
  );
}
