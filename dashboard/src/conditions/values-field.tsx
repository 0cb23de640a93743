import { Pill, PillsInput } from '@mantine/core';
import { useState } from 'react';
import type { Condition } from '../api/targeting.ts';
import { valueText } from '../history/difference-line.ts';
import { isSame } from '../history/field-difference.ts';
import type { Takes } from './operators.ts';
import { endsValue, splitTyped, typedValue } from './typed-value.ts';

/** A thousand chips would be slow and are read by nobody. */
const MOST_SHOWN = 50;
/** Of what is typed or pasted at once: thousands of values. */
const MOST_CHARACTERS = 1_000_000;

const PLACEHOLDERS: { readonly [takes in Takes]: string } = {
  anything: 'DE, AT',
  text: '@example.com',
  pattern: '^user-[0-9]+$',
  number: '18',
  instant: '2026-03-01T09:00:00Z',
  version: '2.4.0',
  division: '10, 3',
  range: '10.0.0.0/8',
  segment: '',
  nothing: '',
};

interface Props {
  /** Default: Values. */
  readonly label?: string;
  readonly description?: string | null;
  readonly placeholder?: string;
  readonly isDisabled?: boolean;
  /** Beyond these they are counted only. Default: 50. */
  readonly mostShown?: number;
  readonly takes: Takes;
  readonly values: Condition['values'];
  readonly problem: string | undefined;
  readonly onChange: (values: Condition['values']) => void;
}

/** Values as chips. Enter or a comma makes one of what is typed, unless it is in quotes; a list can be pasted. */
export function ValuesField(props: Props) {
  const { label = 'Values', description = null, takes, values, problem, isDisabled = false, onChange } = props;
  const { mostShown = MOST_SHOWN } = props;
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);
  const add = (typed: string): void => {
    const parts = splitTyped(takes, typed);
    if ('problem' in parts) {
      setWrong(parts.problem);
      setText(typed);
      return;
    }
    const added: Condition['values'][number][] = [];
    for (const part of parts) {
      const read = typedValue(takes, part);
      if ('problem' in read) {
        setWrong(read.problem);
        setText(part);
        if (added.length > 0) onChange([...values, ...added]);
        return;
      }
      if (![...values, ...added].some((value) => isSame(value, read.value))) added.push(read.value);
    }
    setWrong(null);
    setText('');
    if (added.length > 0) onChange([...values, ...added]);
  };
  const isQuotable = (takes === 'anything' || takes === 'text') && /[",;]/.test(text);
  const isPair = takes === 'division' || takes === 'pattern';
  return (
    <PillsInput
      label={label}
      disabled={isDisabled}
      description={isQuotable ? 'One with a comma: in quotes, like "Doe, Jane"' : description}
      error={wrong ?? (text === '' ? problem : undefined)}
    >
      <Pill.Group>
        {values.slice(0, mostShown).map((value, index) => (
          <Pill
            // biome-ignore lint/suspicious/noArrayIndexKey: values may be of any kind, and none is there twice.
            key={index}
            withRemoveButton={!isDisabled}
            onRemove={() => onChange(values.filter((_, place) => place !== index))}
            removeButtonProps={{ 'aria-label': `Remove ${valueText(value)}`, tabIndex: 0, 'aria-hidden': false }}
          >
            {valueText(value)}
          </Pill>
        ))}
        {values.length > mostShown && <Pill>and {values.length - mostShown} more</Pill>}
        <PillsInput.Field
          // Beside the last value as long as a few letters fit there.
          style={{ minWidth: '3rem' }}
          aria-label={label === 'Values' ? 'Add a value' : label}
          disabled={isDisabled}
          maxLength={MOST_CHARACTERS}
          placeholder={values.length === 0 ? (props.placeholder ?? PLACEHOLDERS[takes]) : ''}
          value={text}
          onChange={(event) => {
            const typed = event.currentTarget.value;
            if (!isPair && endsValue(typed)) add(typed);
            else {
              setText(typed);
              setWrong(null);
            }
          }}
          onPaste={(event) => {
            const pasted = event.clipboardData.getData('text');
            const parts = splitTyped(takes, text + pasted);
            if ('problem' in parts || parts.length < 2) return;
            event.preventDefault();
            add(text + pasted);
          }}
          onBlur={() => text.trim() !== '' && add(text)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') {
              event.preventDefault();
              add(text);
            } else if (event.key === 'Backspace' && text === '') onChange(values.slice(0, -1));
          }}
        />
      </Pill.Group>
    </PillsInput>
  );
}
