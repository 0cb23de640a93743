import { ActionIcon, Button, Checkbox, Group, NativeSelect } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useState } from 'react';
import type { Condition } from '../api/targeting.ts';
import { useTried } from '../drafts/tried.ts';
import { AttributeField } from './attribute-field.tsx';
import classes from './condition.module.css';
import { type ConditionKind, kindOf, lookingAt } from './condition-kind.ts';
import { OPERATORS, operatorOf } from './operators.ts';
import { SegmentsField } from './segments-field.tsx';
import { ValuesField } from './values-field.tsx';

const KINDS: readonly { readonly kind: ConditionKind; readonly name: string; readonly title: string }[] = [
  { kind: 'segment', name: 'Segment', title: 'Whoever is in a segment' },
  { kind: 'attribute', name: 'Attribute', title: 'What is known of somebody, e.g. their country' },
  { kind: 'person', name: 'Person', title: 'Certain people, by their user id' },
];

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
  const isTried = useTried();
  const [isLeft, setLeft] = useState(false);
  // Typing the name of the targeting key into the field does not take the field away.
  const [isTyping, setTyping] = useState(false);
  const kind = isTyping && operator !== 'inSegment' ? 'attribute' : kindOf(condition);
  const problem = isLeft || isTried ? problemAt('values') : undefined;
  const offered = OPERATORS.filter((each) => each.takes !== 'segment');
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
  const look = (chosen: ConditionKind): void => {
    setTyping(false);
    setLeft(false);
    if (chosen !== kind) onChange(lookingAt(chosen, condition));
  };
  const changeOperator = (chosen: string): void => {
    const keeps = operatorOf(chosen).takes === takes;
    write({ operator: chosen, values: keeps ? values : [] });
  };
  return (
    <fieldset className={classes.condition} aria-label={`Condition ${number}`}>
      <Group gap={4} w="100%" role="group" aria-label={`What condition ${number} looks at`}>
        {KINDS.filter((each) => mayNameSegments || each.kind !== 'segment').map((each) => (
          <Button
            key={each.kind}
            size="compact-sm"
            variant={each.kind === kind ? 'filled' : 'default'}
            aria-pressed={each.kind === kind}
            title={each.title}
            onClick={() => look(each.kind)}
          >
            {each.name}
          </Button>
        ))}
      </Group>
      {kind === 'attribute' && (
        <AttributeField
          project={project}
          value={attribute ?? ''}
          problem={problemAt('attribute')}
          onChange={(name) => {
            setTyping(true);
            write({ attribute: name });
          }}
        />
      )}
      {kind !== 'segment' && (
        <NativeSelect
          label={kind === 'person' ? 'Whose user id' : 'Is'}
          value={operator}
          onChange={(event) => changeOperator(event.currentTarget.value)}
          data={choices.map(({ operator: value, name }) => ({ value, label: name }))}
          flex="1 1 9rem"
        />
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it only notices that the field in it was left. */}
      <div style={{ flex: '2 1 12rem' }} onBlur={() => setLeft(true)} hidden={takes === 'nothing'}>
        {kind === 'segment' ? (
          <SegmentsField
            project={project}
            values={values}
            problem={problem}
            onChange={(chosen) => write({ values: chosen })}
          />
        ) : (
          takes !== 'nothing' && (
            <ValuesField
              takes={takes}
              values={values}
              problem={problem}
              onChange={(typed) => write({ values: typed })}
            />
          )
        )}
      </div>
      <Group gap="sm" mt={26} mih={36} wrap="nowrap">
        <Checkbox label="not" checked={not} onChange={(event) => write({ not: event.currentTarget.checked })} />
        {knowsCase && (
          <Checkbox
            label="ignore case"
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
