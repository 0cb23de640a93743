import { FLAG_TYPES } from '@dimmer/core/flag-types';
import { Button, Group, Kbd, NativeSelect, TextInput } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { IconAdjustmentsHorizontal, IconSearch } from '@tabler/icons-react';
import { memo, type RefObject } from 'react';
import { shownText } from '../../sentences/shown-text.ts';
import { countFilters, type FlagFilter, NO_FILTER } from './flag-filter.ts';

const PURPOSES = ['release', 'launch', 'experiment', 'ops', 'permission'];
const FIELDS = ['tag', 'owner', 'purpose', 'type', 'stale', 'archived'] as const;

interface Props {
  readonly filter: FlagFilter;
  readonly onChange: (change: Partial<FlagFilter>) => void;
  readonly choices: { readonly tags: readonly string[]; readonly owners: readonly string[] };
  readonly searchRef: RefObject<HTMLInputElement | null>;
  /** From the search into the list below it. */
  readonly onDown: () => void;
}

/** What is looked for. On a telephone the selections wait behind a button. */
export function FlagFilters({ filter, onChange, choices, searchRef, onDown }: Props) {
  const [isOpen, { toggle }] = useDisclosure(countFilters(filter) > 0);
  const isNarrow = useMediaQuery('(max-width: 88em)', undefined, { getInitialValueInEffect: false });
  const count = countFilters(filter);
  return (
    <search>
      <Group gap={6}>
        <TextInput
          ref={searchRef}
          type="search"
          aria-label="Search flags by key, name, description or tag"
          placeholder="Search key, name, description, tag"
          leftSection={<IconSearch size={16} aria-hidden />}
          rightSection={isNarrow || filter.text !== '' ? null : <Kbd size="xs">/</Kbd>}
          value={filter.text}
          onChange={(event) => onChange({ text: event.currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key !== 'ArrowDown') return;
            event.preventDefault();
            onDown();
          }}
          flex="1 1 13rem"
        />
        {isNarrow && (
          <Button
            variant="default"
            onClick={toggle}
            aria-expanded={isOpen}
            leftSection={<IconAdjustmentsHorizontal size={16} aria-hidden />}
          >
            {count > 0 ? `Filters (${count})` : 'Filters'}
          </Button>
        )}
        {(!isNarrow || isOpen) && (
          <Selections filter={filter} onChange={onChange} choices={choices} isNarrow={isNarrow} />
        )}
        {(count > 0 || filter.text !== '') && (
          <Button variant="subtle" onClick={() => onChange({ ...NO_FILTER, order: filter.order })}>
            Clear
          </Button>
        )}
      </Group>
    </search>
  );
}

interface SelectionProps extends Pick<Props, 'filter' | 'onChange' | 'choices'> {
  readonly isNarrow: boolean;
}

/** All but the text: rendered again when one of them changes, not at every letter. */
const Selections = memo(
  function Selections({ filter, onChange, choices, isNarrow }: SelectionProps) {
    const pick = (
      field: keyof FlagFilter,
      label: string,
      any: string,
      values: readonly (string | [string, string])[],
    ) => (
      <NativeSelect
        aria-label={label}
        value={filter[field]}
        onChange={(event) => onChange({ [field]: event.currentTarget.value })}
        data={[
          { value: '', label: any },
          ...values.map((value) => {
            const [key, name] = typeof value === 'string' ? [value, shownText(value)] : value;
            return { value: key, label: name };
          }),
        ]}
        {...(isNarrow ? { flex: '1 1 8rem' } : { w: 'auto', maw: 138 })}
        {...(filter[field] !== '' && { fw: 650 })}
      />
    );
    return (
      <>
        {pick('tag', 'Tag', 'Any tag', choices.tags)}
        {pick('owner', 'Owner', 'Any owner', choices.owners)}
        {pick('purpose', 'Purpose', 'Any purpose', PURPOSES)}
        {pick('type', 'Type', 'Any type', FLAG_TYPES)}
        {pick('stale', 'Stale', 'Any age', [
          ['any', 'Stale'],
          ['not-evaluated', 'No longer evaluated'],
          ['served-to-all', 'Served to all'],
        ])}
        {pick('archived', 'Archived', 'In use', [
          ['yes', 'Archived'],
          ['all', 'In use and archived'],
        ])}
      </>
    );
  },
  (one, other) =>
    one.choices === other.choices &&
    one.onChange === other.onChange &&
    one.isNarrow === other.isNarrow &&
    FIELDS.every((field) => one.filter[field] === other.filter[field]),
);
