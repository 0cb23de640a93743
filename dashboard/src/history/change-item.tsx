import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { useDisclosure, useIntersection } from '@mantine/hooks';
import { IconArrowBackUp, IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { type Change, changeQuery } from '../api/changes.ts';
import { useMay } from '../api/me.ts';
import type { Written } from '../api/write.ts';
import { Instant } from '../elements/instant.tsx';
import { Loading } from '../elements/loading.tsx';
import { Problem } from '../elements/problem.tsx';
import { shownText } from '../sentences/shown-text.ts';
import classes from './change-item.module.css';
import { changePhrase } from './change-sentence.ts';
import { Difference } from './difference.tsx';
import { isRevertible, RevertDialog } from './revert-dialog.tsx';

/** Of larger ones the general sentence is enough until somebody opens them. */
const MOST_READ_AHEAD = 3;

interface Props {
  readonly change: Change;
  /** In lists of several projects. */
  readonly isProjectShown?: boolean;
  readonly onReverted?: (written: Written) => void;
}

/** One change as a sentence, with its reason; opened, what it made of each document; and the way back. */
export function ChangeItem({ change, isProjectShown = false, onReverted }: Props) {
  const may = useMay();
  const [isOpen, { toggle }] = useDisclosure(false);
  const [isReverting, revert] = useDisclosure(false);
  const { ref, entry } = useIntersection({ rootMargin: '200px' });
  // What is on the screen is read ahead: how far a rollout went stands in its documents. They never change again.
  const isRead = isOpen || (entry?.isIntersecting === true && change.writeCount <= MOST_READ_AHEAD);
  const { data: full, error } = useQuery({ ...changeQuery(change.revision), enabled: isRead });
  const link = subjectLink(change);
  const canRevert = isRevertible(change) && may('write', change.project, change.environment);
  return (
    <li className={classes.item} ref={ref}>
      <Group justify="space-between" align="flex-start" gap="xs" wrap="nowrap">
        <div className={classes.told}>
          <Text lineClamp={4}>
            <b>{shownText(change.actor.name)}</b> {changePhrase(change, full?.documents)}
          </Text>
          {change.reason && (
            <Text size="sm" lineClamp={isOpen ? 50 : 3}>
              “{shownText(change.reason)}”
            </Text>
          )}
          <Text size="sm" c="dimmed">
            <Instant at={change.at} /> · revision {change.revision}
            {isProjectShown && change.project !== null && ` · project ${shownText(change.project)}`}
          </Text>
        </div>
        {canRevert && (
          <Button
            variant="default"
            size="xs"
            leftSection={<IconArrowBackUp size={15} aria-hidden />}
            onClick={revert.open}
            aria-label={`Revert change ${change.revision}`}
          >
            Revert
          </Button>
        )}
      </Group>
      <Group gap="md">
        <Button
          variant="subtle"
          size="compact-sm"
          px={0}
          aria-expanded={isOpen}
          leftSection={isOpen ? <IconChevronDown size={15} aria-hidden /> : <IconChevronRight size={15} aria-hidden />}
          onClick={toggle}
          aria-label={`What changed in ${change.revision}`}
        >
          What changed
        </Button>
        {link && (
          <Anchor component={Link} href={link} size="sm">
            Open {change.command.startsWith('change-request.') ? 'it' : shownText(change.subject).slice(0, 60)}
          </Anchor>
        )}
      </Group>
      {isOpen && (
        <Stack gap="xs" mt={6}>
          {full && <Difference documents={full.documents} />}
          {!full && error && <Problem error={error} />}
          {!full && !error && <Loading what="the change" />}
          <Text size="xs" c="dimmed">
            By {shownText(change.actor.name)} ({change.actor.kind}) · <span className={classes.id}>{change.id}</span> ·{' '}
            {change.command}
          </Text>
        </Stack>
      )}
      {isReverting && <RevertDialog change={change} onClose={revert.close} {...(onReverted && { onReverted })} />}
    </li>
  );
}

/** Where what was changed is to be seen; a new environment, for one, writes flags that it is not about. */
function subjectLink({ project, subject, writes }: Change): string | null {
  if (project === null) return null;
  const base = `/projects/${encodeURIComponent(project)}`;
  const kinds = new Set(writes.filter(({ id }) => id.split('/')[1] === subject).map(({ kind }) => kind));
  if (kinds.has('environment')) return `${base}/environments`;
  if (kinds.has('change-request')) return `${base}/change-requests/${encodeURIComponent(subject)}`;
  if (kinds.has('flag') || kinds.has('targeting')) return `${base}/flags/${encodeURIComponent(subject)}`;
  if (kinds.has('segment')) return `${base}/segments/${encodeURIComponent(subject)}`;
  return null;
}
