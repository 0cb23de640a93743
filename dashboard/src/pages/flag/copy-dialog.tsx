import { Checkbox, NativeSelect, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Flag } from '../../api/flags.ts';
import type { Environment } from '../../api/projects.ts';
import { targetingQuery } from '../../api/targeting.ts';
import { bodyOf } from '../../api/targeting-body.ts';
import { FormDialog } from '../../elements/form-dialog.tsx';
import { Loading } from '../../elements/loading.tsx';
import { Problem } from '../../elements/problem.tsx';
import { shownText } from '../../sentences/shown-text.ts';
import { TargetingChange } from './save/targeting-change.tsx';
import type { Editing } from './use-draft.ts';

interface Props {
  readonly flag: Flag;
  readonly environment: Environment;
  readonly others: readonly Environment[];
  readonly editing: Editing;
  readonly onClose: () => void;
}

/** Takes the targeting of another environment over into what is being edited here; saving it is another step. */
export function CopyDialog({ flag, environment, others, editing, onClose }: Props) {
  const [from, setFrom] = useState(others.at(-1)?.key ?? '');
  const [withSwitch, setWithSwitch] = useState(false);
  const { data, error } = useQuery(targetingQuery(flag.project, flag.key, from));
  const isKilled = editing.base.killed !== undefined;
  const copied = data && { ...bodyOf(data), on: withSwitch && !isKilled ? data.on : editing.body.on };
  const where = shownText(environment.name || environment.key);
  return (
    <FormDialog
      title={`Copy targeting to ${where}`}
      act="Use these settings"
      isWide
      check={() => copied !== undefined}
      onAct={async () => {
        if (copied) editing.edit(copied);
      }}
      onClose={onClose}
    >
      <NativeSelect
        label="From"
        value={from}
        onChange={(event) => setFrom(event.currentTarget.value)}
        data={others.map(({ key, name }) => ({ value: key, label: shownText(name || key) }))}
      />
      <Checkbox
        label="Also whether it is on or off"
        checked={withSwitch}
        disabled={isKilled}
        onChange={(event) => setWithSwitch(event.currentTarget.checked)}
      />
      {error && <Problem error={error} title="It cannot be read" />}
      {copied ? (
        <Stack gap="xs">
          <Text size="sm">What would change in {where}:</Text>
          <TargetingChange before={editing.body} after={copied} />
          <Text size="sm" c="dimmed">
            The same people are in a percentage in both. Nothing is saved yet.
          </Text>
        </Stack>
      ) : (
        !error && <Loading what="the targeting" />
      )}
    </FormDialog>
  );
}
