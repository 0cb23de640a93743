import { Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { queryClient } from '../../api/query-client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { path } from '../../api/request.ts';
import type { Segment } from '../../api/segments.ts';
import { carryOut } from '../../api/write.ts';
import { FormDialog } from '../../elements/form-dialog.tsx';
import { keyProblem, suggestKey } from '../../sentences/key-rules.ts';

interface Props {
  readonly project: string;
  readonly onClose: () => void;
}

/** A new segment begins with a name; who is in it is said on its own page. */
export function CreateSegmentDialog({ project, onClose }: Props) {
  const [name, setName] = useState('');
  const [typedKey, setKey] = useState<string | null>(null);
  const [description, setDescription] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [, navigate] = useLocation();
  const key = typedKey ?? suggestKey(name);
  const check = (): boolean => {
    const found = keyProblem(key);
    setProblem(found);
    return found === null;
  };
  const create = async (): Promise<void> => {
    const url = path`/api/v1/projects/${project}/segments`;
    await carryOut<Segment>({ url, body: { key, name: name.trim() || key, description } });
    await queryClient.invalidateQueries({ queryKey: queryKeys.segments(project) });
    navigate(`/projects/${encodeURIComponent(project)}/segments/${encodeURIComponent(key)}`);
  };
  return (
    <FormDialog title="Create a segment" act="Create segment" check={check} onAct={create} onClose={onClose}>
      <TextInput
        data-autofocus
        label="Name"
        placeholder="Testers"
        maxLength={200}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        label="Key"
        description="Rules name it by this. It cannot be changed later."
        required
        maxLength={128}
        value={key}
        error={problem}
        onChange={(event) => {
          setKey(event.currentTarget.value);
          setProblem(null);
        }}
      />
      <Textarea
        label="Description (optional)"
        maxLength={2_000}
        autosize
        maxRows={5}
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
