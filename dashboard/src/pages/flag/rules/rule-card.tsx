import { PARTS } from '@dimmer/core';
import { useSortable } from '@dnd-kit/sortable';
import { CSS } from '@dnd-kit/utilities';
import { ActionIcon, Button, Group, Text } from '@mantine/core';
import { IconGripVertical, IconTrash } from '@tabler/icons-react';
import type { Flag } from '../../../api/flags.ts';
import type { Rule } from '../../../api/targeting.ts';
import { sumOf, weightsOf } from '../../../api/weights.ts';
import { useTried } from '../../../drafts/tried.ts';
import { isSame } from '../../../history/field-difference.ts';
import { conditionsSentence } from '../../../sentences/condition-sentence.ts';
import { serveSentence } from '../../../sentences/serve-sentence.ts';
import { shownText } from '../../../sentences/shown-text.ts';
import { ruleName } from '../merge-targeting.ts';
import { RuleEditor } from './rule-editor.tsx';
import classes from './rules.module.css';

interface Props {
  readonly flag: Flag;
  readonly project: string;
  readonly rule: Rule;
  /** As it is saved; undefined: it is new. */
  readonly before: Rule | undefined;
  readonly index: number;
  readonly isLast: boolean;
  /** Where its share is not what its percentage says. */
  readonly overlap: string | null;
  readonly off: string;
  readonly problems: ReadonlyMap<string, string>;
  readonly mayWrite: boolean;
  readonly mayOperate: boolean;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
  readonly onChange: (rule: Rule) => void;
  readonly onRemove: () => void;
}

/** One rule as a sentence; opened, it can be edited. */
export function RuleCard(props: Props) {
  const { rule, before, index, isLast, problems, mayWrite, mayOperate, isOpen, overlap, onToggle, onRemove } = props;
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, transform, transition, isDragging } = useSortable({
    id: rule.id,
    disabled: !mayWrite,
  });
  const name = ruleName(rule, index);
  const isLeaky = sumOf(weightsOf(rule.serve)) < PARTS;
  const isUnfinished = [...problems.keys()].some((path) => path.startsWith(`rules[${index}].`));
  const isTried = useTried();
  // While it is being written, what is missing is not wrong yet.
  const isWrong = isUnfinished && (isTried || !isOpen);
  const state = before === undefined ? 'new' : isSame(before, rule) ? 'same' : 'changed';
  return (
    <li
      ref={setNodeRef}
      className={classes.card}
      data-state={state}
      data-dragging={isDragging}
      data-wrong={isWrong}
      style={{ transform: CSS.Translate.toString(transform), transition }}
    >
      <div className={classes.head}>
        {mayWrite ? (
          <button
            type="button"
            ref={setActivatorNodeRef}
            className={classes.handle}
            {...attributes}
            {...listeners}
            aria-label={`Move ${name}`}
          >
            <IconGripVertical size={16} aria-hidden />
          </button>
        ) : (
          <Text c="dimmed">{index + 1}</Text>
        )}
        <div>
          {rule.description !== undefined && rule.description !== '' && (
            <Text size="xs" c="dimmed" truncate dir="auto">
              {shownText(rule.description)}
            </Text>
          )}
          <Text size="sm" className={classes.sentence} {...(isWrong && { c: 'red.8' })}>
            {rule.when.length > 0 && 'If '}
            {conditionsSentence(rule.when, isOpen && !isWrong ? '…' : undefined)}
          </Text>
          <Text size="sm">
            <span aria-hidden>→ </span>
            <span className="visually-hidden">They get: </span>
            <span className={classes.served}>{serveSentence(rule.serve)}</span>
            {isLeaky && (isLast ? ', the rest goes on to the default rule' : ', the rest goes on to the next rule')}
          </Text>
          {overlap !== null && (
            <Text size="sm" fw={600}>
              {overlap}
            </Text>
          )}
        </div>
        <Group gap={4} wrap="nowrap">
          {(mayWrite || mayOperate) && (
            <Button size="compact-sm" variant="default" aria-expanded={isOpen} onClick={onToggle}>
              {isOpen ? 'Done' : 'Edit'}
              <span className="visually-hidden"> {name}</span>
            </Button>
          )}
          {mayWrite && (
            <ActionIcon variant="subtle" color="red.8" aria-label={`Remove ${name}`} onClick={onRemove}>
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          )}
        </Group>
      </div>
      {isOpen && <RuleEditor {...props} />}
    </li>
  );
}
