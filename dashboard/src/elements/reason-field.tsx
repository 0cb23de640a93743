import { Button, Group, Stack, Textarea } from '@mantine/core';

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
  return (
    <Stack gap="xs">
      {quick.length > 0 && (
        <Group gap="xs" role="group" aria-label="Quick reasons">
          {quick.map((reason, index) => (
            <Button
              key={reason}
              size="sm"
              variant={value === reason ? 'filled' : 'default'}
              aria-pressed={value === reason}
              // Not the field: on a telephone the keyboard would cover what is to be tapped.
              data-autofocus={index === 0 || undefined}
              onClick={() => onChange(reason)}
            >
              {reason}
            </Button>
          ))}
        </Group>
      )}
      <Textarea
        data-autofocus={quick.length === 0 || undefined}
        label={isRequired ? 'Reason' : 'Reason (optional)'}
        description="Shown in the history."
        required={isRequired}
        withAsterisk={isRequired}
        autosize
        maxRows={6}
        maxLength={MOST_CHARACTERS}
        value={value}
        error={isMissing ? 'Say why: it is shown in the history.' : null}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </Stack>
  );
}
