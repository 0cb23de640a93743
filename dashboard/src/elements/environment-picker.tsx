import { SegmentedControl, Select, VisuallyHidden } from '@mantine/core';
import { useId } from 'react';
import type { Environment } from '../api/projects.ts';
import { shownText } from '../sentences/shown-text.ts';

/** More do not fit beside each other on a telephone. */
const MOST_BESIDE = 3;

interface Props {
  readonly environments: readonly Environment[];
  readonly value: string;
  readonly onChange: (environment: string) => void;
}

/** Which environment a page is about. The one that matters most comes first. */
export function EnvironmentPicker({ environments, value, onChange }: Props) {
  const id = useId();
  const data = [...environments].reverse().map(({ key, name }) => ({ value: key, label: shownText(name || key) }));
  if (!data.some((choice) => choice.value === value)) data.unshift({ value, label: shownText(value) });
  if (data.length > MOST_BESIDE) {
    return (
      <Select
        aria-label="Environment"
        data={data}
        value={value}
        onChange={(chosen) => chosen !== null && onChange(chosen)}
        allowDeselect={false}
        searchable={data.length > 8}
        miw={0}
        w={240}
        maw="100%"
      />
    );
  }
  return (
    <div>
      <VisuallyHidden id={id}>Environment</VisuallyHidden>
      <SegmentedControl aria-labelledby={id} data={data} value={value} onChange={onChange} fullWidth maw={520} />
    </div>
  );
}

/** The one that people mean when they name none: the last in order of use, which is where customers are. */
export function usualEnvironment(environments: readonly Environment[]): string {
  return environments.at(-1)?.key ?? 'production';
}
