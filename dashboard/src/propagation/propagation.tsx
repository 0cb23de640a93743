import { revisionIn } from '@dimmer/core/ruleset-id';
import { Alert, Group, Loader, Progress, Stack, Text } from '@mantine/core';
import { IconAlertTriangleFilled, IconCircleCheckFilled, IconPlugConnectedX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type Propagation, propagationQuery } from '../api/propagation.ts';
import { Problem } from '../elements/problem.tsx';
import { shownText } from '../sentences/shown-text.ts';
import classes from './propagation.module.css';
import { delaySentence, isOverdue, overdueSentence } from './propagation-words.ts';

const number = new Intl.NumberFormat();

interface Props {
  readonly project: string;
  readonly environment: string;
  readonly revision: number;
}

/** How far a change has come, asked until everybody has it: the numbers, how long it took, and who is missing. */
export function PropagationPanel({ project, environment, revision }: Props) {
  const { data, error } = useQuery(propagationQuery(project, environment, revision));
  if (!data) {
    return error ? (
      <Problem error={error} title="It is done, but whether it has arrived cannot be asked" />
    ) : (
      <Group gap="xs">
        <Loader size="sm" /> <Text>Asking the instances …</Text>
      </Group>
    );
  }
  return (
    <Stack gap="sm">
      <Count propagation={data} />
      {!data.everywhere && (
        <Alert color="orange" icon={<IconPlugConnectedX aria-hidden />} title="Not all servers can be asked">
          These are the instances of the servers that can be asked at the moment. Whether the others have it is not
          known; SDKs that are connected get it as soon as their server does.
        </Alert>
      )}
      <Stragglers propagation={data} />
    </Stack>
  );
}

function Count({ propagation }: { readonly propagation: Propagation }) {
  const { applied, pending, silent, complete, browsers, evaluatingOlder, lost = 0 } = propagation;
  const all = applied + pending;
  const browsersAll = browsers.applied + browsers.pending;
  const { unprovenRelays: relays = 0 } = browsers;
  return (
    <div role="status" aria-atomic="true">
      <Group gap="xs" wrap="nowrap">
        {complete ? (
          <IconCircleCheckFilled size={36} color="var(--mantine-color-green-7)" aria-hidden />
        ) : isOverdue(propagation) ? (
          <IconAlertTriangleFilled size={36} color="var(--mantine-color-orange-7)" aria-hidden />
        ) : (
          <Loader size={32} aria-hidden />
        )}
        <Text fz={{ base: 26, sm: 34 }} fw={750} lh={1.1}>
          {all === 0
            ? 'Nobody is connected'
            : `Applied by ${number.format(applied)} of ${number.format(all)} ${all === 1 ? 'instance' : 'instances'}`}
        </Text>
      </Group>
      {all > 0 && (
        <Progress
          value={(100 * applied) / all}
          color={complete ? 'green.7' : 'amber.5'}
          my="xs"
          aria-label={`${applied} of ${all}`}
        />
      )}
      <Text size="sm">
        {all === 0 && 'Nothing is confirmed. Whoever connects gets it with the rules. '}
        {delaySentence(propagation)}{' '}
        {lost > 0 &&
          `${number.format(lost)} more ${lost === 1 ? 'was' : 'were'} there around the change and ${lost === 1 ? 'has' : 'have'} not been heard of since: whether they have it is not known. `}
        {silent > 0 && `${number.format(silent)} more never say what they apply. `}
      </Text>
      {browsers.connected > 0 && (
        <Text size="sm" c="dimmed">
          Browsers:{' '}
          {browsersAll === 0
            ? 'none of them says what it applies'
            : `${number.format(browsers.applied)} of ${number.format(browsersAll)}`}
          {browsers.silent > 0 && `, ${number.format(browsers.silent)} more do not say`}. They are not waited for.
          {relays > 0 &&
            ` Of ${relays === 1 ? 'one relay' : `${number.format(relays)} relays`} to which only browsers come, those below are not counted.`}
        </Text>
      )}
      {evaluatingOlder && evaluatingOlder.instances > 0 && (
        <Text size="sm">
          {evaluatingOlder.instances} {evaluatingOlder.instances === 1 ? 'instance has' : 'instances have'} told of
          evaluations by older rules since.
        </Text>
      )}
    </div>
  );
}

function Stragglers({ propagation }: { readonly propagation: Propagation }) {
  const { stragglers, pending, id } = propagation;
  if (stragglers.length === 0) return null;
  const more = pending - stragglers.length;
  return (
    <div>
      <Text fw={650} size="sm">
        Not applied yet
      </Text>
      <ul className={classes.stragglers}>
        {stragglers.map(({ application, instance, appliedId, via, failure, polls }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: names need not be unique, and rows hold nothing of their own.
          <li key={index}>
            <span>
              <b>{shownText(application || 'unnamed')}</b> {shownText(instance ?? 'unnamed')}
              {via ? ` through ${shownText(via)}` : ''}
              {failure ? ` cannot take it: ${shownText(failure)}` : polls ? ' asks now and then' : ''}
            </span>
            <span className={classes.has}>has {appliedId === null ? 'nothing yet' : revisionIn(appliedId)}</span>
          </li>
        ))}
      </ul>
      {isOverdue(propagation) && (
        <Text size="sm" fw={650} mb={4}>
          {overdueSentence(propagation)}
        </Text>
      )}
      <Text size="xs" c="dimmed">
        {more > 0 && `And ${number.format(more)} more. `}This is revision {revisionIn(id)}.
      </Text>
    </div>
  );
}
