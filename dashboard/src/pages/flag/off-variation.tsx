import { NativeSelect, Table, Text, Title } from '@mantine/core';
import type { Flag } from '../../api/flags.ts';
import { shownText } from '../../sentences/shown-text.ts';
import type { Editing } from './use-draft.ts';

interface Props {
  readonly flag: Flag;
  readonly editing: Editing;
  readonly mayWrite: boolean;
}

/** What everybody gets while it is off. */
export function OffVariation({ flag, editing, mayWrite }: Props) {
  return (
    <section aria-labelledby="off-title">
      <Title order={2} id="off-title" mb="xs">
        While it is off
      </Title>
      <NativeSelect
        label="Everybody gets"
        maw={320}
        disabled={!mayWrite}
        value={editing.body.off}
        onChange={(event) => editing.edit({ off: event.currentTarget.value })}
        data={flag.variations.map(({ key }) => ({ value: key, label: shownText(key) }))}
      />
    </section>
  );
}

/** The values that it can have, as code gets them. */
export function VariationTable({ flag }: { readonly flag: Pick<Flag, 'variations'> }) {
  return (
    <section aria-labelledby="variations-title">
      <Title order={2} id="variations-title" mb="xs">
        Variations
      </Title>
      <Table.ScrollContainer type="native" tabIndex={0} minWidth={280}>
        <Table aria-labelledby="variations-title" verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Key</Table.Th>
              <Table.Th>Value</Table.Th>
              <Table.Th>Name</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {flag.variations.map(({ key, value, name, description }) => (
              <Table.Tr key={key}>
                <Table.Td ff="monospace">{shownText(key)}</Table.Td>
                <Table.Td ff="monospace">
                  <Text ff="monospace" size="sm" lineClamp={3}>
                    {shownText(typeof value === 'string' ? value : JSON.stringify(value))}
                  </Text>
                </Table.Td>
                <Table.Td>
                  {shownText(name ?? '')}
                  {description !== undefined && (
                    <Text size="xs" c="dimmed" lineClamp={2}>
                      {shownText(description)}
                    </Text>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  );
}
