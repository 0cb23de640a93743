import { Radio, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { afterWrite } from '../../../api/after-write.ts';
import { createFlagWrite } from '../../../api/flag-acts.ts';
import type { Flag, FlagType } from '../../../api/flags.ts';
import { carryOut } from '../../../api/write.ts';
import { Disclosure } from '../../../elements/disclosure.tsx';
import { FormDialog } from '../../../elements/form-dialog.tsx';
import { suggestKey } from '../../../sentences/key-rules.ts';
import { FlagFields } from './flag-fields.tsx';
import {
  creationOf,
  type FlagInput,
  hasOwnVariations,
  newVariation,
  type Problems,
  problemsOf,
  TYPES,
} from './flag-input.ts';
import { problemAt } from './problem-at.ts';

const NONE: Problems = new Map();
/** What nearly everybody wants; the others wait behind a line. */
const [USUAL, ...OTHERS] = TYPES;

interface Props {
  readonly project: string;
  /** All of the project, archived ones too: their keys are taken. */
  readonly flags: readonly Flag[];
  readonly onClose: () => void;
}

/** Makes a flag, off in every environment, and opens it. */
export function CreateFlagDialog({ project, flags, onClose }: Props) {
  const [input, setInput] = useState<FlagInput>(() => ({
    key: '',
    name: '',
    description: '',
    type: 'boolean',
    purpose: '',
    owner: '',
    tags: [],
    browser: false,
    variations: [],
  }));
  const [hasOwnKey, setOwnKey] = useState(false);
  const [problems, setProblems] = useState<Problems>(NONE);
  const [, navigate] = useLocation();
  const taken = useMemo(() => new Set(flags.map(({ key }) => key)), [flags]);
  const tags = useMemo(() => [...new Set(flags.flatMap((flag) => flag.tags))].sort(), [flags]);
  const change = (changed: Partial<FlagInput>): void => {
    setInput((before) => ({ ...before, ...changed }));
    setProblems(NONE);
  };
  const changeType = (type: FlagType): void => {
    const variations =
      hasOwnVariations(type) && input.variations.length === 0 ? [newVariation(), newVariation()] : null;
    change({ type, ...(variations && { variations }) });
  };
  const check = (): boolean => {
    const found = problemsOf(input, project, taken);
    setProblems(found);
    return found.size === 0;
  };
  const create = async (): Promise<void> => {
    try {
      await carryOut(createFlagWrite(project, creationOf(input)));
    } catch (error) {
      setProblems(problemAt(error));
      throw error;
    }
    void afterWrite(project, input.key);
    navigate(`/projects/${encodeURIComponent(project)}/flags/${encodeURIComponent(input.key)}`);
  };
  return (
    <FormDialog title="Create a flag" act="Create flag" isWide check={check} onAct={create} onClose={onClose}>
      <TextInput
        label="Name"
        data-autofocus
        placeholder="New checkout"
        value={input.name}
        error={problems.get('name') ?? null}
        onChange={(event) => {
          const name = event.currentTarget.value;
          change({ name, ...(!hasOwnKey && { key: suggestKey(name) }) });
        }}
      />
      <TextInput
        label="Key"
        description="What the code asks for. It cannot be changed later."
        required
        value={input.key}
        error={problems.get('key') ?? null}
        onChange={(event) => {
          setOwnKey(event.currentTarget.value !== '');
          change({ key: event.currentTarget.value });
        }}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
      />
      <Radio.Group label="Type" value={input.type} onChange={(type) => changeType(type as FlagType)}>
        <Stack gap="xs" mt="xs">
          <Radio value={USUAL.type} label={USUAL.name} description={USUAL.meaning} />
          <Disclosure title="Other types">
            <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
              {OTHERS.map(({ type, name, meaning }) => (
                <Radio key={type} value={type} label={name} description={meaning} />
              ))}
            </SimpleGrid>
          </Disclosure>
        </Stack>
      </Radio.Group>
      <FlagFields input={input} onChange={change} problems={problems} tags={tags} />
      <Text size="sm" c="dimmed">
        It begins off in every environment. Switched on, it still gives nobody anything new until somebody says who gets
        it.
      </Text>
    </FormDialog>
  );
}
