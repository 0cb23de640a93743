import { Button, Group, Text, TextInput } from '@mantine/core';
import { useId, useState } from 'react';
import { useAttributeNames } from '../api/attributes.ts';
import { useTried } from '../drafts/tried.ts';
import { shownText } from '../sentences/shown-text.ts';
import { OWN_ATTRIBUTES, similarName } from './similar-name.ts';

interface Props {
  readonly project: string;
  readonly value: string;
  readonly problem: string | undefined;
  readonly onChange: (name: string) => void;
}

/**
 * The name of an attribute, to be chosen from those that rules and segments of the project look at already. One that is
 * nearly spelt like them is asked about: `e-mail` beside `email` matches nobody, and nothing else would say so.
 */
export function AttributeField({ project, value, problem, onChange }: Props) {
  const id = useId();
  const known = useAttributeNames(project);
  const isTried = useTried();
  const [isLeft, setLeft] = useState(false);
  const near = isLeft ? similarName(value, known) : null;
  return (
    <div style={{ flex: '1 1 8rem' }}>
      <TextInput
        label="Attribute"
        placeholder="country"
        maxLength={256}
        value={value}
        error={isLeft || isTried ? problem : undefined}
        onChange={(event) => onChange(event.currentTarget.value)}
        onFocus={() => setLeft(false)}
        onBlur={() => setLeft(true)}
        list={id}
      />
      <datalist id={id}>
        {[...new Set([...known, ...OWN_ATTRIBUTES])].map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {near !== null && (
        <Group gap={6} mt={4} role="status">
          <Text size="xs">
            New here. Other rules look at <strong>{shownText(near)}</strong>.
          </Text>
          <Button size="compact-sm" variant="default" onClick={() => onChange(near)}>
            Use {shownText(near)}
          </Button>
        </Group>
      )}
    </div>
  );
}
