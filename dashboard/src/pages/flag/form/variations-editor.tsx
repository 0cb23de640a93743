import { ActionIcon, Button, Fieldset, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import type { FlagType } from '../../../api/flags.ts';
import { newVariation, type Problems, type TypedVariation } from './flag-input.ts';

interface Props {
  readonly type: FlagType;
  readonly variations: readonly TypedVariation[];
  readonly onChange: (variations: readonly TypedVariation[]) => void;
  readonly problems: Problems;
}

const PLACEHOLDERS: { readonly [type in FlagType]?: string } = { string: '#0000ff', number: '10', json: '{"a": 1}' };

/** The values that a flag can have, each with a key. The first is what is served while the flag is off. */
export function VariationsEditor({ type, variations, onChange, problems }: Props) {
  const set = (line: string, change: Partial<TypedVariation>): void =>
    onChange(variations.map((each) => (each.line === line ? { ...each, ...change } : each)));
  return (
    <Fieldset legend="Variations">
      <Stack gap="sm">
        {variations.map(({ line, key, value, name }, index) => {
          const path = `variations[${index}]`;
          const number = index + 1;
          const valueProps = {
            label: 'Value',
            placeholder: PLACEHOLDERS[type] ?? '',
            'aria-label': `Value of variation ${number}`,
            value,
            error: problems.get(`${path}.value`) ?? null,
          };
          return (
            <Group key={line} gap="xs" align="flex-start" wrap="wrap">
              <TextInput
                label="Key"
                aria-label={`Key of variation ${number}`}
                value={key}
                onChange={(event) => set(line, { key: event.currentTarget.value })}
                error={problems.get(`${path}.key`) ?? null}
                flex="1 1 6rem"
                styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
              />
              {type === 'json' ? (
                <Textarea
                  {...valueProps}
                  autosize
                  minRows={2}
                  maxRows={12}
                  flex="3 1 12rem"
                  onChange={(event) => set(line, { value: event.currentTarget.value })}
                  styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
                />
              ) : (
                <TextInput
                  {...valueProps}
                  flex="2 1 8rem"
                  {...(type === 'number' && { inputMode: 'decimal' as const })}
                  onChange={(event) => set(line, { value: event.currentTarget.value })}
                />
              )}
              <TextInput
                label="Name (optional)"
                aria-label={`Name of variation ${number}`}
                value={name}
                maxLength={200}
                onChange={(event) => set(line, { name: event.currentTarget.value })}
                flex="1 1 7rem"
              />
              <ActionIcon
                variant="subtle"
                color="red.8"
                size="lg"
                mt={26}
                aria-label={`Remove variation ${number}`}
                onClick={() => onChange(variations.filter((each) => each.line !== line))}
              >
                <IconTrash size={16} aria-hidden />
              </ActionIcon>
            </Group>
          );
        })}
        {problems.has('variations') && (
          <Text c="red.8" size="sm" role="alert">
            {problems.get('variations')}
          </Text>
        )}
        <div>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => onChange([...variations, newVariation()])}
          >
            Add a variation
          </Button>
        </div>
      </Stack>
    </Fieldset>
  );
}
