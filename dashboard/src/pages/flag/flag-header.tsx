import { Anchor, Badge, Button, Group, Text } from '@mantine/core';
import { IconArchive, IconArchiveOff, IconEdit, IconWorld } from '@tabler/icons-react';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { Link } from 'wouter';
import type { Flag } from '../../api/flags.ts';
import { useMay } from '../../api/me.ts';
import type { Environment } from '../../api/projects.ts';
import { CopyButton } from '../../elements/copy-button.tsx';
import { KeyText } from '../../elements/key-text.tsx';
import { Page } from '../../elements/page.tsx';
import { shownText } from '../../sentences/shown-text.ts';

const ArchiveDialog = lazy(() =>
  import('./archive-dialog.tsx').then(({ ArchiveDialog: dialog }) => ({ default: dialog })),
);
const EditDialog = lazy(() =>
  import('./form/edit-flag-dialog.tsx').then(({ EditFlagDialog: dialog }) => ({ default: dialog })),
);

/** Of a name; a longer text is a description. */
const MOST_CHARACTERS = 200;

interface Props {
  readonly flag: Flag;
  readonly environments: readonly Environment[];
  readonly children: ReactNode;
}

/** What is the same in all environments, above them. */
export function FlagHeader({ flag, environments, children }: Props) {
  const { project, key, name, description, type, purpose, tags, owner, browser, archived } = flag;
  const [open, setOpen] = useState<'edit' | 'archive' | null>(null);
  const may = useMay();
  const list = `/projects/${encodeURIComponent(project)}/flags`;
  const actions = may('write', project, null) && (
    <>
      {!archived && (
        <Button variant="default" leftSection={<IconEdit size={16} aria-hidden />} onClick={() => setOpen('edit')}>
          Edit details
        </Button>
      )}
      <Button
        variant="default"
        leftSection={archived ? <IconArchiveOff size={16} aria-hidden /> : <IconArchive size={16} aria-hidden />}
        onClick={() => setOpen('archive')}
      >
        {archived ? 'Unarchive' : 'Archive'}
      </Button>
    </>
  );
  const filtered = (field: 'tag' | 'owner', value: string): string =>
    `${list}?${new URLSearchParams({ [field]: value }).toString()}`;
  return (
    <Page title={shownText(name || key).slice(0, MOST_CHARACTERS)} actions={actions}>
      <Group gap="xs" mt={-8}>
        <Group gap={2} wrap="nowrap" miw={0}>
          <KeyText>{key}</KeyText>
          <CopyButton text={key} what="the key" />
        </Group>
        <Badge variant="light" color="ink">
          {type}
        </Badge>
        {purpose !== type && (
          <Badge variant="light" color="gray">
            {purpose}
          </Badge>
        )}
        {browser && (
          <Badge
            variant="light"
            color="amber"
            c="light-dark(#6b4503, #ffdf9a)"
            leftSection={<IconWorld size={12} aria-hidden />}
            title="Browsers get it, and with it its rules: they are public."
          >
            browsers see it
          </Badge>
        )}
        {tags.map((tag) => (
          <Anchor
            key={tag}
            component={Link}
            href={filtered('tag', tag)}
            size="sm"
            maw={220}
            truncate
            title={shownText(tag)}
          >
            #{shownText(tag)}
          </Anchor>
        ))}
        {owner !== '' && (
          <Text size="sm" c="dimmed" maw={320} truncate>
            owned by{' '}
            <Anchor component={Link} href={filtered('owner', owner)} size="sm" underline="always">
              {shownText(owner)}
            </Anchor>
          </Text>
        )}
      </Group>
      {description !== '' && (
        <Text size="sm" maw="80ch" lineClamp={4} dir="auto" title={shownText(description)}>
          {shownText(description)}
        </Text>
      )}
      {children}
      <Suspense>
        {open === 'archive' && <ArchiveDialog flag={flag} environments={environments} onClose={() => setOpen(null)} />}
        {open === 'edit' && <EditDialog flag={flag} environments={environments} onClose={() => setOpen(null)} />}
      </Suspense>
    </Page>
  );
}
