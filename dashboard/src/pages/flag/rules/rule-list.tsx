import {
  closestCenter,
  DndContext,
  type DragEndEvent,
  KeyboardSensor,
  PointerSensor,
  useSensor,
  useSensors,
} from '@dnd-kit/core';
import {
  arrayMove,
  SortableContext,
  sortableKeyboardCoordinates,
  verticalListSortingStrategy,
} from '@dnd-kit/sortable';
import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import type { Flag } from '../../../api/flags.ts';
import type { Rule } from '../../../api/targeting.ts';
import { ruleName } from '../merge-targeting.ts';
import type { Editing } from '../use-draft.ts';
import { overlapNote } from './overlap-note.ts';
import { RuleCard } from './rule-card.tsx';
import classes from './rules.module.css';

interface Props {
  readonly flag: Flag;
  readonly project: string;
  readonly editing: Editing;
  readonly problems: ReadonlyMap<string, string>;
  readonly mayWrite: boolean;
  readonly mayOperate: boolean;
}

/** The rules in their order: the first that matches decides. Put in another order by dragging, or by keys. */
export function RuleList({ flag, project, editing, problems, mayWrite, mayOperate }: Props) {
  const { base, body, edit } = editing;
  const { rules } = body;
  const [open, setOpen] = useState<string | null>(null);
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 5 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  const onDragEnd = ({ active, over }: DragEndEvent): void => {
    const [from, to] = [active.id, over?.id].map((id) => rules.findIndex((rule) => rule.id === id));
    if (from === undefined || to === undefined || from < 0 || to < 0 || from === to) return;
    edit({ rules: arrayMove([...rules], from, to) });
  };
  const add = (): void => {
    const lit = flag.variations.find(({ value }) => value === true) ?? flag.variations.at(-1);
    const rule: Rule = {
      id: crypto.randomUUID().slice(0, 8),
      when: [{ attribute: '', operator: 'in', values: [] }],
      serve: { variation: lit?.key ?? body.off },
    };
    edit({ rules: [...rules, rule] });
    setOpen(rule.id);
  };
  const nameOf = (id: unknown): string => {
    const index = rules.findIndex((rule) => rule.id === id);
    return ruleName(rules[index] ?? {}, index);
  };
  const placeOf = (id: unknown): number => rules.findIndex((rule) => rule.id === id) + 1;
  const announcements = {
    onDragStart: ({ active }: { active: { id: unknown } }) => `${nameOf(active.id)} is picked up.`,
    onDragOver: ({ active, over }: { active: { id: unknown }; over: { id: unknown } | null }) =>
      over ? `${nameOf(active.id)} would be number ${placeOf(over.id)} of ${rules.length}.` : undefined,
    onDragEnd: ({ active, over }: { active: { id: unknown }; over: { id: unknown } | null }) =>
      over ? `${nameOf(active.id)} is now number ${placeOf(over.id)} of ${rules.length}.` : undefined,
    onDragCancel: ({ active }: { active: { id: unknown } }) => `${nameOf(active.id)} stays where it was.`,
  };
  return (
    <section aria-labelledby="rules-title">
      <Group justify="space-between" mb="xs">
        <Title order={2} id="rules-title">
          Rules
        </Title>
        {mayWrite && (
          <Button size="xs" variant="default" leftSection={<IconPlus size={14} aria-hidden />} onClick={add}>
            Add a rule
          </Button>
        )}
      </Group>
      {rules.length === 0 ? (
        <Text c="dimmed" size="sm">
          No rules: the default rule decides.
        </Text>
      ) : (
        <DndContext
          sensors={sensors}
          collisionDetection={closestCenter}
          onDragEnd={onDragEnd}
          accessibility={{
            announcements,
            screenReaderInstructions: {
              draggable:
                'To move a rule, press Space or Enter, then the arrows up and down, then Space or Enter to drop it. Escape leaves it where it was.',
            },
          }}
        >
          <SortableContext items={rules.map(({ id }) => id)} strategy={verticalListSortingStrategy}>
            <Stack component="ol" gap="xs" className={classes.list}>
              {rules.map((rule, index) => (
                <RuleCard
                  key={rule.id}
                  flag={flag}
                  project={project}
                  rule={rule}
                  index={index}
                  problems={problems}
                  mayWrite={mayWrite}
                  mayOperate={mayOperate}
                  before={base.rules.find(({ id }) => id === rule.id)}
                  off={body.off}
                  isOpen={open === rule.id}
                  overlap={overlapNote(flag.seed, body, base, index)}
                  isLast={index === rules.length - 1}
                  onToggle={() => setOpen(open === rule.id ? null : rule.id)}
                  onChange={(changed) => edit({ rules: rules.map((each) => (each.id === rule.id ? changed : each)) })}
                  onRemove={() => edit({ rules: rules.filter(({ id }) => id !== rule.id) })}
                />
              ))}
            </Stack>
          </SortableContext>
        </DndContext>
      )}
    </section>
  );
}
