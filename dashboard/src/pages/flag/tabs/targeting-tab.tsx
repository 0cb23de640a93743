import { Button, Group, Stack } from '@mantine/core';
import { IconCopy } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useState } from 'react';
import type { Flag } from '../../../api/flags.ts';
import { useMay } from '../../../api/me.ts';
import type { Environment } from '../../../api/projects.ts';
import { targetingQuery } from '../../../api/targeting.ts';
import { draftProblems } from '../../../drafts/draft-problems.ts';
import { showFirstProblem, Tried } from '../../../drafts/tried.ts';
import { DimmerPanel } from '../dimmer/dimmer-panel.tsx';
import { OffVariation, VariationTable } from '../off-variation.tsx';
import { PrerequisitesEditor } from '../prerequisites-editor.tsx';
import { RuleList } from '../rules/rule-list.tsx';
import { LiveNote } from '../save/live-note.tsx';
import { SaveBar } from '../save/save-bar.tsx';
import { StatePanel } from '../state-panel.tsx';
import { TargetsEditor } from '../targets-editor.tsx';
import { useDraft } from '../use-draft.ts';

const CopyDialog = lazy(() => import('../copy-dialog.tsx').then(({ CopyDialog: dialog }) => ({ default: dialog })));

interface Props {
  readonly flag: Flag;
  readonly environment: Environment;
  readonly environments: readonly Environment[];
}

// Why: decision 0192.
/** Who gets what in one environment, in the order in which it is decided: edited here, saved below. */
export function TargetingTab({ flag, environment, environments }: Props) {
  const { project, key, archived } = flag;
  const { data: targeting } = useSuspenseQuery(targetingQuery(project, key, environment.key));
  const editing = useDraft(targeting);
  const problems = useMemo(() => draftProblems(editing.body), [editing.body]);
  const [isCopying, setCopying] = useState(false);
  const [isTried, setTried] = useState(false);
  if (isTried && problems.size === 0) setTried(false);
  const onTried = (): void => {
    setTried(true);
    showFirstProblem();
  };
  const may = useMay();
  const mayOperate = !archived && may('operate', project, environment.key);
  const mayWrite = !archived && may('write', project, environment.key);
  const common = { flag, editing, problems, mayWrite };
  return (
    <Tried value={isTried}>
      <LiveNote editing={editing} />
      <Stack gap="xl">
        <Group justify="space-between" align="flex-start" wrap="wrap-reverse">
          <StatePanel flag={flag} editing={editing} mayOperate={mayOperate} />
          {mayWrite && environments.length > 1 && (
            <Button
              size="compact-sm"
              variant="subtle"
              leftSection={<IconCopy size={14} aria-hidden />}
              onClick={() => setCopying(true)}
            >
              Copy from another environment
            </Button>
          )}
        </Group>
        <TargetsEditor {...common} />
        <RuleList {...common} project={project} mayOperate={mayOperate} />
        <DimmerPanel flag={flag} editing={editing} mayOperate={mayOperate} mayWrite={mayWrite} />
        <PrerequisitesEditor {...common} />
        <OffVariation {...common} />
        <VariationTable flag={flag} />
        <SaveBar
          flag={flag}
          environment={environment}
          editing={editing}
          problems={problems}
          isTried={isTried}
          onTried={onTried}
        />
        <Suspense>
          {isCopying && (
            <CopyDialog
              flag={flag}
              environment={environment}
              others={environments.filter((each) => each.key !== environment.key)}
              editing={editing}
              onClose={() => setCopying(false)}
            />
          )}
        </Suspense>
      </Stack>
    </Tried>
  );
}
