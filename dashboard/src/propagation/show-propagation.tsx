import { Loader, Progress, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { type Propagation, propagationQuery } from '../api/propagation.ts';
import { formatDuration } from '../sentences/duration.ts';
import { shownText } from '../sentences/shown-text.ts';
import { isOverdue, overdueSentence } from './propagation-words.ts';

const SEEN_MS = 5_000;
/** In a corner there is room for a few. */
const NAMED = 3;

interface Subject {
  readonly project: string;
  readonly environment: string;
  readonly revision: number;
}

/** Says in a corner that something is saved, and how far it has come, until everybody has it. */
export function showPropagation(title: string, { project, environment, revision }: Subject): void {
  const id = `propagation-${revision}-${environment}`;
  notifications.show({
    id,
    title: shownText(title),
    message: <PropagationNote id={id} project={project} environment={environment} revision={revision} />,
    autoClose: false,
    withCloseButton: true,
    closeButtonProps: { 'aria-label': 'Close' },
  });
}

function PropagationNote({ id, project, environment, revision }: Subject & { readonly id: string }) {
  const { data, error } = useQuery(propagationQuery(project, environment, revision));
  const isOver = data?.complete === true || error !== null;
  const late = data && isOverdue(data) ? namesOf(data) : null;
  useEffect(() => {
    if (!isOver) return;
    const timer = setTimeout(() => notifications.hide(id), SEEN_MS);
    return () => clearTimeout(timer);
  }, [isOver, id]);
  if (error)
    return (
      <Text size="sm" c="var(--mantine-color-text)">
        It is saved. Whether it has arrived cannot be asked at the moment.
      </Text>
    );
  if (!data) return <Loader size="xs" aria-label="Asking the instances" />;
  const { applied, pending, complete, delayMs, lost = 0 } = data;
  const all = applied + pending;
  return (
    <Stack gap={6} role="status">
      <Text size="sm" c="var(--mantine-color-text)">
        {all === 0
          ? `No instance is connected in ${shownText(environment)}: nothing is confirmed, and whoever connects gets it.`
          : `Applied by ${applied} of ${all} ${all === 1 ? 'instance' : 'instances'} in ${shownText(environment)}`}
        {all > 0 &&
          (complete && delayMs
            ? `, the last after ${formatDuration(delayMs.max)}.`
            : complete
              ? '.'
              : pending === 0
                ? '.'
                : late === null
                  ? ' …'
                  : '.')}
        {late !== null && ` ${late} ${overdueSentence(data)}`}
        {lost > 0 && ` Of ${lost} more that ${lost === 1 ? 'has' : 'have'} just gone it is not known.`}
      </Text>
      {all > 0 && (
        <Progress
          size="sm"
          value={(100 * applied) / all}
          color={complete ? 'green.7' : 'amber.5'}
          aria-label={`${applied} of ${all}`}
        />
      )}
    </Stack>
  );
}

/** Who has not confirmed it, e.g. `Without it: checkout shop-2.` */
function namesOf({ stragglers, pending }: Propagation): string {
  const named = stragglers
    .slice(0, NAMED)
    .map(({ application, instance }) => shownText([application, instance ?? 'unnamed'].filter(Boolean).join(' ')));
  const more = pending - named.length;
  return `Without it: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}
