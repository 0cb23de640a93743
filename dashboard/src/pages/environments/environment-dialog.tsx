import { Checkbox, Stack, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Environment, environmentsQuery } from '../../api/projects.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { carryOut, propose } from '../../api/write.ts';
import { FormDialog } from '../../elements/form-dialog.tsx';
import { ReasonField } from '../../elements/reason-field.tsx';
import { keyProblem } from '../../sentences/key-rules.ts';
import { shownText } from '../../sentences/shown-text.ts';
import { createEnvironmentWrite, type EnvironmentInput, updateEnvironmentWrite } from './environment-acts.ts';

interface Props {
  readonly project: string;
  /** `null`: a new one. */
  readonly environment: Environment | null;
  readonly onClose: () => void;
}

/** Makes an environment, or says something else of one. */
export function EnvironmentDialog({ project, environment, onClose }: Props) {
  const queryClient = useQueryClient();
  const [key, setKey] = useState('');
  const [input, setInput] = useState<EnvironmentInput>(() => inputOf(environment));
  const [reason, setReason] = useState('');
  const [isTried, setTried] = useState(false);
  const set = (changed: Partial<EnvironmentInput>): void => setInput((before) => ({ ...before, ...changed }));
  const needsReason = environment?.protected === true;
  const given = reason.trim() || undefined;
  const write = () => {
    if (environment === null) return createEnvironmentWrite(project, key, { ...input, name: input.name || key });
    return updateEnvironmentWrite(project, environment.key, changesOf(environment, input), environment.version, given);
  };
  return (
    <FormDialog
      title={environment ? `Edit ${shownText(environment.name || environment.key)}` : 'Create an environment'}
      act={environment ? 'Save' : 'Create environment'}
      check={() => {
        setTried(true);
        return environment === null ? keyProblem(key) === null : !needsReason || given !== undefined;
      }}
      onAct={async () => {
        await carryOut(write());
        await queryClient.invalidateQueries({ queryKey: environmentsQuery(project).queryKey });
        await queryClient.invalidateQueries({ queryKey: queryKeys.flags(project) });
      }}
      onPropose={() => propose(write())}
      project={project}
      onClose={onClose}
    >
      {environment === null && (
        <TextInput
          data-autofocus
          label="Key"
          description="Stands in addresses and in code, and cannot be changed later."
          placeholder="staging"
          required
          autoCapitalize="none"
          spellCheck={false}
          value={key}
          error={isTried ? keyProblem(key) : null}
          onChange={(event) => setKey(event.currentTarget.value)}
        />
      )}
      <TextInput
        data-autofocus={environment !== null || undefined}
        label="Name"
        placeholder={key}
        maxLength={200}
        value={input.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <Textarea
        label="Description (optional)"
        autosize
        maxRows={6}
        maxLength={2_000}
        value={input.description}
        onChange={(event) => set({ description: event.currentTarget.value })}
      />
      <Stack gap="xs">
        <Checkbox
          label="Protected"
          description="Whatever alters what it serves needs a reason, which stands in the history."
          checked={input.protected}
          onChange={(event) => set({ protected: event.currentTarget.checked })}
        />
        <Checkbox
          label="A second person has to agree"
          description="Whatever alters what it serves is proposed and approved by somebody else. A kill never waits."
          checked={input.approvals === 1}
          onChange={(event) => set({ approvals: event.currentTarget.checked ? 1 : 0 })}
        />
      </Stack>
      {environment && (
        <ReasonField
          value={reason}
          onChange={setReason}
          isRequired={needsReason}
          isMissing={isTried && needsReason && given === undefined}
        />
      )}
    </FormDialog>
  );
}

function inputOf(environment: Environment | null): EnvironmentInput {
  return {
    name: environment?.name ?? '',
    description: environment?.description ?? '',
    protected: environment?.protected ?? false,
    approvals: environment?.approvals ?? 0,
  };
}

function changesOf(environment: Environment, input: EnvironmentInput): Partial<EnvironmentInput> {
  const before = inputOf(environment);
  const names = Object.keys(before) as (keyof EnvironmentInput)[];
  return Object.fromEntries(names.filter((name) => before[name] !== input[name]).map((name) => [name, input[name]]));
}
