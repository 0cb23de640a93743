import { Anchor, Autocomplete, Button, Group, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Disclosure } from '../../../elements/disclosure.tsx';
import { shownText } from '../../../sentences/shown-text.ts';
import { type AskedAttribute, contextOf, meantAttribute } from '../asked-attributes.ts';

interface Props {
  readonly attributes: readonly AskedAttribute[];
  readonly isBusy: boolean;
  /** What was answered before is about somebody else. */
  readonly onChange: () => void;
  readonly onAsk: (context: object) => void;
}

/** Who is asking: a user id, and a field for each attribute that decides. */
export function PreviewForm({ attributes, isBusy, onChange, onAsk }: Props) {
  const [targetingKey, setTargetingKey] = useState('');
  const [typed, setTyped] = useState<ReadonlyMap<string, string>>(new Map());
  const [more, setMore] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const changed = <Value,>(set: (value: Value) => void) => {
    return (value: Value): void => {
      set(value);
      setProblem(null);
      onChange();
    };
  };
  const type = changed((change: readonly [name: string, text: string]) => setTyped(new Map(typed).set(...change)));
  const meant = meantAttribute(targetingKey, attributes);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const read = contextOf(targetingKey, attributes, typed, more);
    setProblem('problem' in read ? read.problem : null);
    if ('context' in read) onAsk(read.context);
    else onChange();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <div>
            <TextInput
              label="User id"
              description="The targeting key that the code sends."
              placeholder="user-17"
              value={targetingKey}
              onChange={(event) => changed(setTargetingKey)(event.currentTarget.value)}
            />
            {meant !== null && (
              <Text size="xs" mt={4} role="status">
                This looks like an e-mail address, and is looked up as the user id.{' '}
                <Anchor
                  component="button"
                  type="button"
                  size="xs"
                  onClick={() => {
                    type([meant, targetingKey.trim()]);
                    setTargetingKey('');
                  }}
                >
                  Use it as {shownText(meant)}
                </Anchor>
              </Text>
            )}
          </div>
          {attributes.map(({ name, kind, suggestions }) => (
            <Autocomplete
              key={name}
              label={shownText(name)}
              description={kind === 'number' ? 'A number.' : 'Read by the rules.'}
              placeholder="not sent"
              value={typed.get(name) ?? ''}
              onChange={(text) => type([name, text])}
              data={kind === 'boolean' ? ['true', 'false'] : [...suggestions]}
            />
          ))}
        </SimpleGrid>
        <Disclosure title="More attributes, as JSON">
          <Textarea
            aria-label="More attributes, as JSON"
            placeholder={'{"country": "DE"}'}
            autosize
            minRows={1}
            maxRows={12}
            value={more}
            onChange={(event) => changed(setMore)(event.currentTarget.value)}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          />
        </Disclosure>
        {problem !== null && (
          <Text size="sm" c="red.8" role="alert">
            {problem}
          </Text>
        )}
        <Group>
          <Button type="submit" loading={isBusy}>
            Show what they get
          </Button>
          <Text size="xs" c="dimmed">
            It is asked once and kept nowhere.
          </Text>
        </Group>
      </Stack>
    </form>
  );
}
