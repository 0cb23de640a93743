import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';

interface Props {
  readonly environment: string;
  readonly onKill: (flag: string, environment: string) => void;
}

/** Where lists cannot or may not be read: the key is enough to kill, by the one request that it takes. */
export function KillByKey({ environment, onKill }: Props) {
  const [flag, setFlag] = useState('');
  const [where, setWhere] = useState(environment);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (flag.trim() !== '' && where.trim() !== '') onKill(flag.trim(), where.trim());
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="xs">
        <Text size="sm">Whoever knows a flag’s key can kill it without any list.</Text>
        <Group align="flex-end" gap="xs">
          <TextInput
            label="Flag key"
            required
            flex="2 1 10rem"
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
            value={flag}
            onChange={(event) => setFlag(event.currentTarget.value)}
          />
          <TextInput
            label="Environment"
            required
            flex="1 1 8rem"
            autoCapitalize="none"
            spellCheck={false}
            value={where}
            onChange={(event) => setWhere(event.currentTarget.value)}
          />
          <Button type="submit" color="red.8" size="sm">
            Kill by key
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
