import { MultiSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { segmentNamesQuery } from '../api/segment-names.ts';
import { shownText } from '../sentences/shown-text.ts';

interface Props {
  readonly project: string;
  readonly values: readonly unknown[];
  readonly problem: string | undefined;
  readonly onChange: (segments: readonly string[]) => void;
}

/** Which segments; being in any of them is enough. */
export function SegmentsField({ project, values, problem, onChange }: Props) {
  const { data = [], isPending } = useQuery(segmentNamesQuery(project));
  const chosen = values.filter((value) => typeof value === 'string');
  const gone = chosen.filter((key) => !data.some((segment) => segment.key === key));
  return (
    <MultiSelect
      label="Segments"
      placeholder={chosen.length === 0 ? (isPending ? 'Reading …' : 'Choose') : ''}
      value={chosen}
      onChange={onChange}
      error={problem}
      searchable
      hidePickedOptions
      nothingFoundMessage="There is no such segment."
      data={[
        ...data.map(({ key, name }) => ({
          value: key,
          label: shownText(name && name !== key ? `${name} (${key})` : key),
        })),
        ...gone.map((key) => ({ value: key, label: shownText(key) })),
      ]}
      flex="2 1 12rem"
    />
  );
}
