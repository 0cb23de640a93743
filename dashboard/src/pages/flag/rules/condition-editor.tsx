import { ActionIcon, Checkbox, Group, NativeSelect, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { OPERATORS, operatorOf } from '../../../elements/operators.ts';
import type { Condition } from '../../../server/targeting.ts';
import classes from './rules.module.css';
import { SegmentsField } from './segments-field.tsx';
import { ValuesField } from './values-field.tsx';

/** Attributes that rules of this flag already look at, to be chosen from: the id of their list. */
export const ATTRIBUTES = 'attributes-seen';

interface Props {
  readonly project: string;
  readonly condition: Condition;
  readonly number: number;
  /** False: in a segment, which cannot be made of other segments. */
  readonly mayNameSegments?: boolean;
  readonly problemAt: (field: 'attribute' | 'values') => string | undefined;
  readonly onChange: (condition: Condition) => void;
  readonly onRemove: () => void;
}

/** One condition: what is looked at, how, and with which values. */
export function ConditionEditor(props: Props) {
  const { project, condition, number, mayNameSegments = true, problemAt, onChange, onRemove } = props;
  const { attribute, operator, values, not = false, ignoreCase = false } = condition;
  const { takes, knowsCase = false } = operatorOf(operator);
  // Nobody wants to be told off before they have begun.
  const isUntouched = !attribute && values.length === 0;
  const isSegment = takes === 'segment';
  const offered = mayNameSegments ? OPERATORS : OPERATORS.filter((each) => each.takes !== 'segment');
  const choices = offered.some((each) => each.operator === operator) ? offered : [...offered, operatorOf(operator)];
  /** Flags are left out where they say nothing, as the server writes them. */
  const write = (changed: Partial<Condition>): void => {
    const { not: isNot, ignoreCase: isAnyCase, attribute: name, ...rest } = { ...condition, ...changed };
    const next = operatorOf(rest.operator);
    onChange({
      ...rest,
      ...(next.takes !== 'segment' && { attribute: name ?? '' }),
      ...(isNot && { not: true }),
      ...(isAnyCase && next.knowsCase && { ignoreCase: true }),
    });
  };
  const changeOperator = (chosen: string): void => {
    const keeps = operatorOf(chosen).takes === takes;
    write({ operator: chosen, values: keeps ? values : [] });
  };
  return (
    <fieldset className={classes.condition} aria-label={`Condition ${number}`}>
      {!isSegment && (
        <TextInput
          label="Attribute"
          placeholder="country"
          description={null}
          maxLength={256}
          value={attribute ?? ''}
          error={isUntouched ? undefined : problemAt('attribute')}
          onChange={(event) => write({ attribute: event.currentTarget.value })}
          flex="1 1 8rem"
          list={ATTRIBUTES}
        />
      )}
      <NativeSelect
        label={isSegment ? 'Who' : 'Is'}
        value={operator}
        onChange={(event) => changeOperator(event.currentTarget.value)}
        data={choices.map(({ operator: value, name }) => ({ value, label: name }))}
        flex="1 1 9rem"
      />
      {isSegment && (
        <SegmentsField
          project={project}
          values={values}
          problem={problemAt('values')}
          onChange={(chosen) => write({ values: chosen })}
        />
      )}
      {takes !== 'nothing' && !isSegment && (
        <ValuesField
          takes={takes}
          values={values}
          problem={isUntouched ? undefined : problemAt('values')}
          onChange={(typed) => write({ values: typed })}
        />
      )}
      <Group gap="sm" mt={26} mih={36} wrap="nowrap">
        <Checkbox label="not" checked={not} onChange={(event) => write({ not: event.currentTarget.checked })} />
        {knowsCase && (
          <Checkbox
            label="any case"
            title="Upper and lower case are alike"
            checked={ignoreCase}
            onChange={(event) => write({ ignoreCase: event.currentTarget.checked })}
          />
        )}
        <ActionIcon variant="subtle" color="gray" aria-label={`Remove condition ${number}`} onClick={onRemove}>
          <IconX size={16} aria-hidden />
        </ActionIcon>
      </Group>
    </fieldset>
  );
}
