import { Anchor, Badge, Button, Checkbox, Group, Paper, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { useMay } from '../../api/me.ts';
import { segmentsQuery } from '../../api/segments.ts';
import { Empty } from '../../elements/empty.tsx';
import { KeyText } from '../../elements/key-text.tsx';
import { Page } from '../../elements/page.tsx';
import { shownText } from '../../sentences/shown-text.ts';
import { CreateSegmentDialog } from './create-segment-dialog.tsx';
import { sizeSentence } from './segment-draft.ts';

/** Audiences that rules of many flags can name. */
export function SegmentsPage({ project }: { readonly project: string }) {
  const { data: segments } = useSuspenseQuery(segmentsQuery(project));
  const may = useMay();
  const [search, setSearch] = useState('');
  const [isArchivedShown, showArchived] = useState(false);
  const [isCreating, setCreating] = useState(false);
  const text = search.toLowerCase();
  const found = segments.filter(
    ({ key, name, description, archived }) =>
      (isArchivedShown || !archived) && `${key} ${name} ${description}`.toLowerCase().includes(text),
  );
  const create = may('write', project, null) && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
      Create segment
    </Button>
  );
  return (
    <Page
      title="Segments"
      lead="An audience with a name, for rules of many flags: testers, customers of a plan, a region. Change it once, and every flag follows."
      {...(segments.length > 0 && { actions: create })}
    >
      {segments.length === 0 ? (
        <Empty title="No segments yet" action={create}>
          Begin with your testers: name the segment, list their keys, and let a rule of a flag name the segment.
        </Empty>
      ) : (
        <Stack gap="sm">
          <Group gap="sm">
            <TextInput
              type="search"
              aria-label="Search segments"
              placeholder="Key, name or description"
              leftSection={<IconSearch size={16} aria-hidden />}
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
              flex="1 1 14rem"
            />
            {segments.some(({ archived }) => archived) && (
              <Checkbox
                label="Archived too"
                checked={isArchivedShown}
                onChange={(event) => showArchived(event.currentTarget.checked)}
              />
            )}
          </Group>
          {found.map((segment) => (
            <Paper key={segment.key} withBorder p="sm">
              <Group gap="xs">
                <Anchor
                  component={Link}
                  href={`/projects/${encodeURIComponent(project)}/segments/${encodeURIComponent(segment.key)}`}
                  fw={650}
                  lineClamp={1}
                >
                  {shownText(segment.name || segment.key)}
                </Anchor>
                <KeyText>{segment.key}</KeyText>
                {segment.archived && <Badge variant="default">archived</Badge>}
              </Group>
              <Text size="sm" lineClamp={2}>
                {sizeSentence(segment)}
              </Text>
              {segment.description !== '' && (
                <Text size="sm" c="dimmed" lineClamp={1}>
                  {shownText(segment.description)}
                </Text>
              )}
            </Paper>
          ))}
          {found.length === 0 && <Text>No segment is called that.</Text>}
        </Stack>
      )}
      {isCreating && <CreateSegmentDialog project={project} onClose={() => setCreating(false)} />}
    </Page>
  );
}
