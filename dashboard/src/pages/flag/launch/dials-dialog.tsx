import { SimpleGrid, TagsInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { afterWrite } from '../../../api/after-write.ts';
import type { Flag } from '../../../api/flags.ts';
import { type Dials, dialsWrite } from '../../../api/launch-report.ts';
import type { Environment } from '../../../api/projects.ts';
import { queryClient } from '../../../api/query-client.ts';
import { queryKeys } from '../../../api/query-keys.ts';
import { carryOut, propose } from '../../../api/write.ts';
import { ReasonDialog } from '../../../elements/reason-dialog.tsx';
import { isSame } from '../../../history/field-difference.ts';
import { showPropagation } from '../../../propagation/show-propagation.tsx';
import { shownText } from '../../../sentences/shown-text.ts';
import { problemAt } from '../form/problem-at.ts';
import { DIAL_WORDS, ignoredPathProblem, parseDial } from './dial-words.ts';

interface Props {
  readonly flag: Flag;
  readonly environment: Environment;
  readonly dials: Dials;
  readonly onClose: () => void;
}

/** How shadows are held in check; every process obeys at once. An empty field gives a dial back to the code. */
export function DialsDialog({ flag, environment, dials, onClose }: Props) {
  const [texts, setTexts] = useState(
    () => new Map([...DIAL_WORDS.keys()].map((name) => [name, String(dials[name] ?? '')] as const)),
  );
  const before = dials.ignore ?? [];
  const [ignore, setIgnore] = useState<readonly string[]>(before);
  const [refused, setRefused] = useState<ReadonlyMap<string, string>>(new Map());
  const changes: Record<string, unknown> = {};
  const problems = new Map<string, string>();
  for (const [name, text] of texts) {
    const value = parseDial(name, text);
    if (typeof value === 'object' && value !== null) problems.set(name, value.problem);
    else if (value !== (dials[name] ?? null)) changes[name] = value;
  }
  if (!isSame(before, ignore)) changes.ignore = ignore.length > 0 ? ignore : null;
  const wrongPath = ignore.map(ignoredPathProblem).find((problem) => problem !== null);
  const write = (reason: string | undefined) =>
    dialsWrite(flag.project, flag.key, environment.key, { ...changes, ...(reason && { reason }) });
  const act = async (reason: string | undefined): Promise<void> => {
    const [problem] = [...problems.values(), wrongPath].filter(Boolean);
    if (problem) throw new Error(problem);
    if (Object.keys(changes).length === 0) return;
    try {
      const { revision, changed } = await carryOut(write(reason));
      void afterWrite(flag.project, flag.key);
      void queryClient.invalidateQueries({ queryKey: queryKeys.launch(flag.project, flag.key, environment.key) });
      if (changed && revision !== undefined) {
        showPropagation(`Dials turned: ${flag.name || flag.key}`, {
          project: flag.project,
          environment: environment.key,
          revision,
        });
      }
    } catch (error) {
      setRefused(problemAt(error));
      throw error;
    }
  };
  return (
    <ReasonDialog
      title={`Dials in ${shownText(environment.name || environment.key)}`}
      act="Turn the dials"
      isWide
      reason={environment.protected ? 'required' : 'optional'}
      onAct={act}
      onPropose={(reason) => propose(write(reason))}
      project={flag.project}
      onClose={onClose}
    >
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        {[...DIAL_WORDS].map(([name, { label, meaning, usual, unit }]) => (
          <TextInput
            key={name}
            label={label}
            description={meaning}
            placeholder={`as in the code, else ${usual}`}
            inputMode="decimal"
            rightSection={unit}
            rightSectionPointerEvents="none"
            value={texts.get(name) ?? ''}
            error={problems.get(name) ?? refused.get(name) ?? null}
            onChange={(event) => {
              const next = new Map(texts);
              setTexts(next.set(name, event.currentTarget.value));
            }}
          />
        ))}
      </SimpleGrid>
      <TagsInput
        label="Differences passed over"
        description="Paths as JSON pointers: /updatedAt, /items/*/id, /debug/**"
        value={[...ignore]}
        onChange={setIgnore}
        error={wrongPath ?? null}
        acceptValueOnBlur
        // A path may have a comma.
        splitChars={['\n']}
      />
    </ReasonDialog>
  );
}
