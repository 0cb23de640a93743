import { Alert, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { afterWrite } from '../../../api/after-write.ts';
import { updateFlagWrite } from '../../../api/flag-acts.ts';
import { type Flag, flagsQuery } from '../../../api/flags.ts';
import type { Environment } from '../../../api/projects.ts';
import { ServerError } from '../../../api/request.ts';
import { carryOut, propose, type Write } from '../../../api/write.ts';
import { FormDialog } from '../../../elements/form-dialog.tsx';
import { ReasonField } from '../../../elements/reason-field.tsx';
import { showPropagation } from '../../../propagation/show-propagation.tsx';
import { FlagFields } from './flag-fields.tsx';
import {
  changesOf,
  type FlagInput,
  hasOwnVariations,
  type Problems,
  problemsOf,
  typedVariations,
} from './flag-input.ts';
import { problemAt } from './problem-at.ts';

const NONE: Problems = new Map();

interface Props {
  readonly flag: Flag;
  readonly environments: readonly Environment[];
  readonly onClose: () => void;
}

/** Changes what is the same in all environments. Only what was touched is sent. */
export function EditFlagDialog({ flag, environments, onClose }: Props) {
  // As it was when the dialog opened: what somebody else changes meanwhile must not count as changed here.
  const [began] = useState(flag);
  const [input, setInput] = useState<FlagInput>(() => ({
    key: flag.key,
    name: flag.name,
    description: flag.description,
    type: flag.type,
    purpose: flag.purpose,
    owner: flag.owner,
    tags: flag.tags,
    browser: flag.browser,
    variations: hasOwnVariations(flag.type) ? typedVariations(flag) : [],
  }));
  const [problems, setProblems] = useState<Problems>(NONE);
  const [reason, setReason] = useState('');
  const [isMissing, setMissing] = useState(false);
  /** After a conflict: on top of this version, if it is sent again. */
  const [version, setVersion] = useState(flag.version);
  const { data: flags = [] } = useQuery(flagsQuery(flag.project));
  const tags = useMemo(() => [...new Set(flags.flatMap((each) => each.tags))].sort(), [flags]);
  const changes = changesOf(began, input);
  const isServed = 'variations' in changes || 'browser' in changes;
  const isRequired = isServed && environments.some((each) => each.protected);
  const given = reason.trim();
  const write = (): Write =>
    updateFlagWrite(flag.project, flag.key, { ...changes, ...(given !== '' && { reason: given }) }, version);
  const save = async (): Promise<void> => {
    if (Object.keys(changes).length === 0) return;
    try {
      const { revision, changed } = await carryOut(write());
      const last = environments.at(-1);
      if (isServed && changed && revision !== undefined && last) {
        showPropagation(`Saved: ${flag.name || flag.key}`, { project: flag.project, environment: last.key, revision });
      }
      void afterWrite(flag.project, flag.key);
    } catch (error) {
      setProblems(problemAt(error));
      const current = error instanceof ServerError && error.code === 'VERSION_CONFLICT' ? error.details.current : null;
      if (current) setVersion((current as { version: number }).version);
      throw error;
    }
  };
  return (
    <FormDialog
      title="Edit details"
      act={version === flag.version || version === began.version ? 'Save' : 'Save mine on top'}
      isWide
      project={flag.project}
      check={() => {
        const found = problemsOf(input, flag.project, null);
        setProblems(found);
        setMissing(isRequired && given === '');
        return found.size === 0 && !(isRequired && given === '');
      }}
      onAct={save}
      onPropose={() => propose(write())}
      onClose={onClose}
    >
      {flag.version > began.version && (
        <Alert color="orange" title="Somebody else has changed this flag meanwhile">
          What you typed is still here. Only the fields that you changed are sent; the others stay as they are now.
        </Alert>
      )}
      <TextInput
        label="Name"
        data-autofocus
        value={input.name}
        error={problems.get('name') ?? null}
        onChange={(event) => setInput({ ...input, name: event.currentTarget.value })}
      />
      <FlagFields
        input={input}
        onChange={(change) => {
          setInput({ ...input, ...change });
          setProblems(NONE);
        }}
        problems={problems}
        tags={tags}
      />
      {isServed && (
        <ReasonField
          value={reason}
          onChange={setReason}
          isRequired={isRequired}
          isMissing={isMissing && given === ''}
        />
      )}
    </FormDialog>
  );
}
