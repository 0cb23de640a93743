import { Alert, Button, Group, SimpleGrid, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { IconArchive, IconArchiveOff } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay } from '../../api/me.ts';
import { environmentsQuery } from '../../api/projects.ts';
import { queryClient } from '../../api/query-client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { segmentPath, segmentQuery } from '../../api/segments.ts';
import { carryOut, propose } from '../../api/write.ts';
import { conditionProblem } from '../../drafts/draft-problems.ts';
import { showFirstProblem, Tried } from '../../drafts/tried.ts';
import { useUnsaved } from '../../drafts/unsaved.ts';
import { UnsavedBar } from '../../drafts/unsaved-bar.tsx';
import { KeyText } from '../../elements/key-text.tsx';
import { Page } from '../../elements/page.tsx';
import { ReasonDialog } from '../../elements/reason-dialog.tsx';
import { shownText } from '../../sentences/shown-text.ts';
import { SaveSegmentDialog } from './save-segment-dialog.tsx';
import { audienceSentence, keysIn, type SegmentDraft } from './segment-draft.ts';
import { SegmentRules } from './segment-rules.tsx';
import { SegmentHistory, SegmentUsers } from './segment-users.tsx';
import { useSegmentEdit } from './use-segment-edit.ts';

interface Props {
  readonly project: string;
  readonly segment: string;
}

/** One audience: who is in it by key, and by what they are like. */
export function SegmentPage({ project, segment: key }: Props) {
  const { data: segment } = useSuspenseQuery(segmentQuery(project, key));
  const { data: environments } = useSuspenseQuery(environmentsQuery(project));
  const may = useMay();
  const { base, draft, changes, isChanged, edit, discard } = useSegmentEdit(project, segment);
  const [asking, setAsking] = useState<'save' | 'archive' | null>(null);
  const [isTried, setTried] = useState(false);
  const problem = draft.rules
    .flatMap(({ when }) =>
      when.flatMap((each) => [conditionProblem(each, 'attribute'), conditionProblem(each, 'values')]),
    )
    .find((each) => each !== undefined);
  if (isTried && problem === undefined) setTried(false);
  const save = (): void => {
    setTried(problem !== undefined);
    if (problem === undefined) setAsking('save');
    else showFirstProblem();
  };
  useUnsaved(() => (isChanged ? [{ what: `the segment ${key}`, isKept: true, discard }] : []));
  const mayWrite = may('write', project, null) && !segment.archived;
  const isReasonNeeded = environments.some((environment) => environment.protected);
  const editText = (field: keyof SegmentDraft) => (value: string) => edit({ [field]: value });
  const act = segment.archived ? 'unarchive' : 'archive';
  const archive = { url: `${segmentPath(project, key)}/${act}`, method: 'POST' } as const;
  return (
    <Page
      title={shownText(segment.name || key)}
      lead={
        <>
          <KeyText>{key}</KeyText> {audienceSentence(segment)}.
        </>
      }
      actions={
        may('write', project, null) && (
          <Button
            variant="default"
            leftSection={
              segment.archived ? <IconArchiveOff size={16} aria-hidden /> : <IconArchive size={16} aria-hidden />
            }
            onClick={() => setAsking('archive')}
          >
            {segment.archived ? 'Bring back' : 'Archive'}
          </Button>
        )
      }
    >
      {isChanged && base.version < segment.version && (
        <Alert color="orange" role="status" title="Somebody else has saved this segment meanwhile">
          <Group>
            What you typed is still here. Saving it will be refused unless you take their version first.
            <Button size="xs" variant="default" onClick={discard}>
              Take their version
            </Button>
          </Group>
        </Alert>
      )}
      <Stack gap="lg" maw={860}>
        <Group grow align="flex-start" preventGrowOverflow={false}>
          <TextInput
            label="Name"
            maxLength={200}
            readOnly={!mayWrite}
            value={draft.name}
            onChange={(event) => editText('name')(event.currentTarget.value)}
            miw={200}
          />
          <TextInput
            label="Description"
            maxLength={2_000}
            readOnly={!mayWrite}
            value={draft.description}
            onChange={(event) => editText('description')(event.currentTarget.value)}
            miw={200}
          />
        </Group>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Keys
            label="Included"
            hint="always in it"
            value={draft.included}
            isReadOnly={!mayWrite}
            onChange={editText('included')}
          />
          <Keys
            label="Excluded"
            hint="never in it, whatever else holds"
            value={draft.excluded}
            isReadOnly={!mayWrite}
            onChange={editText('excluded')}
          />
        </SimpleGrid>
        <div>
          <Title order={2} mb="xs">
            Rules
          </Title>
          <Tried value={isTried}>
            <SegmentRules
              project={project}
              rules={draft.rules}
              mayWrite={mayWrite}
              onChange={(rules) => edit({ rules })}
            />
          </Tried>
        </div>
        <SegmentUsers project={project} segment={segment} />
        <SegmentHistory project={project} segment={segment} />
        {isChanged && mayWrite && (
          <UnsavedBar title="Unsaved changes" problem={problem} isTried={isTried} onSave={save} onDiscard={discard} />
        )}
      </Stack>
      {asking === 'save' && (
        <SaveSegmentDialog
          project={project}
          segment={base}
          changes={changes}
          isReasonNeeded={isReasonNeeded}
          onSaved={discard}
          onTakeTheirs={() => {
            discard();
            setAsking(null);
          }}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === 'archive' && (
        <ReasonDialog
          title={segment.archived ? `Bring ${key} back` : `Archive ${key}`}
          act={segment.archived ? 'Bring back' : 'Archive'}
          isDestructive={!segment.archived}
          reason={isReasonNeeded ? 'required' : 'optional'}
          project={project}
          onAct={async (reason) => {
            await carryOut({ ...archive, body: { ...(reason !== undefined && { reason }) } });
            await queryClient.invalidateQueries({ queryKey: queryKeys.segments(project) });
          }}
          onPropose={(reason) => propose({ ...archive, body: { reason } })}
          onClose={() => setAsking(null)}
        >
          <Text size="sm">
            {segment.archived
              ? 'It comes back as it was.'
              : 'It can no longer be named by rules. As long as a rule names it, it cannot be archived.'}
          </Text>
        </ReasonDialog>
      )}
    </Page>
  );
}

interface KeysProps {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly isReadOnly: boolean;
  readonly onChange: (text: string) => void;
}

function Keys({ label, hint, value, isReadOnly, onChange }: KeysProps) {
  return (
    <Textarea
      label={`${label} (${keysIn(value).length})`}
      description={`User ids, one per line: ${hint}.`}
      autosize
      minRows={3}
      maxRows={12}
      readOnly={isReadOnly}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      miw={240}
    />
  );
}
