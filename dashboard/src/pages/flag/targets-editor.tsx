import { Group, NativeSelect, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import type { Flag } from '../../api/flags.ts';
import { ValuesField } from '../../conditions/values-field.tsx';
import { shownText } from '../../sentences/shown-text.ts';
import type { Editing } from './use-draft.ts';

/** Each of them can be taken away again. */
const MOST_SHOWN = 1_000;
/** More chips than this are slow, and are better kept as a segment. */
const MOST_CHIPS = 200;

interface Props {
  readonly flag: Flag;
  readonly editing: Editing;
  readonly mayWrite: boolean;
}

/** People who get one variation whatever the rules say, by their targeting keys. */
export function TargetsEditor({ flag, editing, mayWrite }: Props) {
  const { targets } = editing.body;
  const [added, setAdded] = useState<readonly string[]>([]);
  const shown = flag.variations.filter(
    ({ key }) => added.includes(key) || targets.some((each) => each.variation === key),
  );
  const others = flag.variations.filter(({ key }) => !shown.some((each) => each.key === key));
  const keysOf = (variation: string): readonly string[] =>
    targets.find((target) => target.variation === variation)?.keys ?? [];
  const set = (variation: string, keys: readonly string[]): void => {
    const given = new Set(keys);
    // A key has one variation: giving it another takes it from the first.
    const rest = targets
      .filter((target) => target.variation !== variation)
      .map((target) => ({ ...target, keys: target.keys.filter((key) => !given.has(key)) }));
    const all = targets.some((target) => target.variation === variation)
      ? targets.map((target) =>
          target.variation === variation
            ? { variation, keys }
            : (rest.find((each) => each.variation === target.variation) ?? target),
        )
      : [...rest, { variation, keys }];
    editing.edit({ targets: all.filter((target) => target.keys.length > 0) });
    setAdded([...new Set([...added, variation])]);
  };
  return (
    <section aria-labelledby="targets-title">
      <Group justify="space-between" mb="xs">
        <Title order={2} id="targets-title">
          Individual targets
        </Title>
        {mayWrite && others.length > 0 && (
          <NativeSelect
            size="xs"
            aria-label="Target people with a variation"
            value=""
            onChange={(event) => event.currentTarget.value !== '' && setAdded([...added, event.currentTarget.value])}
            data={[
              { value: '', label: 'Add targets for …' },
              ...others.map(({ key }) => ({ value: key, label: shownText(key) })),
            ]}
          />
        )}
      </Group>
      <Stack gap="sm">
        {shown.length === 0 && (
          <Text c="dimmed" size="sm">
            Nobody by name. Targets come before all rules.
          </Text>
        )}
        {shown.map(({ key }) => {
          const keys = keysOf(key);
          return (
            <ValuesField
              key={key}
              label={`Always ${shownText(key)}`}
              placeholder="user-17, user-18"
              description={
                keys.length > MOST_CHIPS ? `${keys.length} keys. A segment would be kept more easily.` : null
              }
              takes="text"
              mostShown={MOST_SHOWN}
              values={keys}
              problem={undefined}
              isDisabled={!mayWrite}
              onChange={(chosen) => set(key, chosen.map(String))}
            />
          );
        })}
      </Stack>
    </section>
  );
}
