import { Button, Group, Stack, Textarea } from '@mantine/core';
import { useRef } from 'react';

const MOST_CHARACTERS = 2_000;

interface Props {
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly isRequired: boolean;
  /** It was left out, and is needed. */
  readonly isMissing?: boolean;
  /** Reasons to be tapped, for hands that shake. */
  readonly quick?: readonly string[];
}

/** Why something is done: it stands in the history. */
export function ReasonField({ value, onChange, isRequired, isMissing = false, quick = [] }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  const take = (reason: string): void => {
    onChange(reason);
    field.current?.focus();
  };
  return (
    <Stack gap="xs">
      {quick.length > 0 && (
        <Group gap="xs" role="group" aria-label="Quick reasons">
          {quick.map((reason) => (
            <Button
              key={reason}
              size="sm"
              variant={value === reason ? 'filled' : 'default'}
              aria-pressed={value === reason}
              onClick={() => take(reason)}
            >
              {reason}
            </Button>
          ))}
        </Group>
      )}
      <Textarea
        ref={field}
        data-autofocus
        label={isRequired ? 'Reason' : 'Reason (optional)'}
        description="Stands in the history."
        required={isRequired}
        withAsterisk={isRequired}
        autosize
        maxRows={6}
        maxLength={MOST_CHARACTERS}
        value={value}
        error={isMissing ? 'Say why: it stands in the history.' : null}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </Stack>
  );
}
