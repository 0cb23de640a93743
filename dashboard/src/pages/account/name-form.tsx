import { Button, Group, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { sessionQuery, useMe } from '../../api/me.ts';
import { updatePerson } from '../../api/people.ts';
import { useUnsavedForm } from '../../drafts/unsaved.ts';
import { Problem } from '../../elements/problem.tsx';
import { shownText } from '../../sentences/shown-text.ts';

/** One's name, which stands beside every change. Administrators can change theirs; for all others they do it. */
export function NameForm() {
  const me = useMe();
  const queryClient = useQueryClient();
  const [name, setName] = useState(me.name);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  useUnsavedForm('your name', name !== me.name);
  const mayChange = me.kind === 'person' && me.grants.some(({ role }) => role === 'admin');
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    await updatePerson(me.id, { name: name.trim() }).then(
      () => queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey }),
      setError,
    );
    setBusy(false);
  };
  if (!mayChange) {
    return (
      <div>
        <Text fw={650}>{shownText(me.name)}</Text>
        {me.email !== null && <Text size="sm">{shownText(me.email)}</Text>}
        <Text size="sm" c="dimmed">
          Your name stands beside every change that you make. An administrator can change it.
        </Text>
      </div>
    );
  }
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Group align="flex-end" gap="sm">
        <TextInput
          label="Name"
          description={`Stands beside every change that you make.${me.email ? ` You sign in as ${me.email}.` : ''}`}
          autoComplete="name"
          maxLength={200}
          flex="1 1 14rem"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={isBusy} disabled={name.trim() === '' || name === me.name}>
          Save the name
        </Button>
      </Group>
      {error !== null && <Problem error={error} />}
    </form>
  );
}
