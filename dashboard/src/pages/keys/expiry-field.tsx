import { Select, Stack, TextInput } from '@mantine/core';

const DAY_MS = 86_400_000;
const CHOICES = [
  { value: '7', label: 'In a week' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
  { value: 'date', label: 'On a day …' },
  { value: 'never', label: 'Never' },
];

/** When a key ends: days from now, a day, or never. */
export interface Expiry {
  readonly choice: string;
  /** `YYYY-MM-DD`, of the choice `date`. */
  readonly date: string;
}

interface Props {
  readonly value: Expiry;
  readonly isTried: boolean;
  readonly onChange: (expiry: Expiry) => void;
}

/** How long a key lives. What ends by itself is not forgotten in some file. */
export function ExpiryField({ value, isTried, onChange }: Props) {
  return (
    <Stack gap="xs">
      <Select
        label="Ends"
        data={CHOICES}
        value={value.choice}
        allowDeselect={false}
        onChange={(choice) => choice !== null && onChange({ ...value, choice })}
      />
      {value.choice === 'date' && (
        <TextInput
          type="date"
          label="Day"
          required
          value={value.date}
          error={isTried && expiresAt(value, Date.now()) === 'missing' ? 'Choose a day in the future.' : null}
          onChange={(event) => onChange({ ...value, date: event.currentTarget.value })}
        />
      )}
    </Stack>
  );
}

/** Ms since 1970; `null`: never; `missing`: no day was chosen, or one that is over. */
export function expiresAt({ choice, date }: Expiry, now: number): number | null | 'missing' {
  if (choice === 'never') return null;
  if (choice !== 'date') return now + Number(choice) * DAY_MS;
  // The whole day, where the reader is.
  const end = new Date(`${date}T23:59:59`).getTime();
  return Number.isNaN(end) || end <= now ? 'missing' : end;
}
