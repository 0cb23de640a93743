import { TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { parsePercent } from '../../../sentences/percent.ts';

interface Props {
  readonly label: string;
  /** Whether the label is seen, or only said. */
  readonly isLabelHidden?: boolean;
  readonly percent: number;
  readonly onChange: (percent: number) => void;
  readonly isDisabled?: boolean;
  readonly width?: number;
}

/** A percentage to the thousandth. What cannot be read stays as it was typed, with what is wrong. */
export function PercentInput({ label, isLabelHidden = false, percent, onChange, isDisabled = false, width }: Props) {
  const [typed, setTyped] = useState<string | null>(null);
  const parsed = typed === null ? percent : parsePercent(typed);
  const problem = typeof parsed === 'number' ? null : parsed.problem;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another number from elsewhere takes the place of what was typed.
  useEffect(() => {
    if (typeof parsed === 'number' && parsed !== percent) setTyped(null);
  }, [percent]);
  return (
    <TextInput
      {...(isLabelHidden ? { 'aria-label': label } : { label })}
      inputMode="decimal"
      autoComplete="off"
      rightSection="%"
      rightSectionPointerEvents="none"
      value={typed ?? String(percent)}
      disabled={isDisabled}
      error={problem}
      w={width ?? 104}
      flex="none"
      onChange={(event) => {
        const text = event.currentTarget.value;
        setTyped(text);
        const value = parsePercent(text);
        if (typeof value === 'number') onChange(value);
      }}
      onBlur={() => {
        if (problem === null) setTyped(null);
      }}
      styles={{ input: { fontVariantNumeric: 'tabular-nums', textAlign: 'end', paddingInlineEnd: 34 } }}
    />
  );
}
