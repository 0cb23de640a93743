import { revisionIn } from '@dimmer/core/ruleset-id';
import { Badge, Table, Text } from '@mantine/core';
import type { Instance, InstanceState } from '../../api/instances.ts';
import { Instant } from '../../elements/instant.tsx';
import { formatDuration } from '../../sentences/duration.ts';
import { shownText } from '../../sentences/shown-text.ts';
import classes from './instances.module.css';

const WORDS: Readonly<Record<InstanceState, { readonly text: string; readonly color: string }>> = {
  failed: { text: 'cannot take it', color: 'red' },
  behind: { text: 'behind', color: 'red' },
  current: { text: 'current', color: 'green' },
  silent: { text: 'does not say', color: 'gray' },
  gone: { text: 'gone', color: 'gray' },
};

/** One client: who it is, what it has, since when. */
export function InstanceRow({ instance }: { readonly instance: Instance }) {
  const { standing, application, sdk, audience, appliedId, delayMs, rollCall } = instance;
  const { connectedAt, disconnectedAt, evaluatedAt, failure } = instance;
  const { text, color } = WORDS[standing];
  // By its SDK: a service in Node may have a browser's key.
  const isPage = sdk?.startsWith('browser/') ?? audience === 'browser';
  return (
    <Table.Tr>
      <Table.Td data-label="Instance">
        <Text size="sm" fw={650} lineClamp={1}>
          {shownText(application ?? (isPage ? 'a browser' : 'unnamed'))}
        </Text>
        <Text size="xs" c="dimmed" lineClamp={1}>
          {shownText(instance.instance ?? 'no name')}
          {audience === 'browser' && ' · by the public key of browsers: anybody can say so'}
          {rollCall && ` · a relay, ${rollCall.connected} below it`}
        </Text>
      </Table.Td>
      <Table.Td data-label="SDK">{sdk ? shownText(sdk) : '–'}</Table.Td>
      <Table.Td data-label="State">
        <Badge variant="light" color={color} className={classes.state}>
          {text}
        </Badge>
        {standing === 'failed' && failure && (
          <Text size="xs" lineClamp={3}>
            {`Revision ${revisionIn(failure.id)}: ${shownText(failure.message)}`}
          </Text>
        )}
      </Table.Td>
      <Table.Td data-label="Revision" className={classes.figure}>
        {appliedId === null ? '–' : revisionIn(appliedId)}
      </Table.Td>
      <Table.Td data-label="Took" className={classes.figure}>
        {delayMs === null ? '–' : formatDuration(delayMs)}
      </Table.Td>
      <Table.Td data-label="Last evaluated">{evaluatedAt === null ? '–' : <Instant at={evaluatedAt} />}</Table.Td>
      <Table.Td data-label={disconnectedAt !== null && standing === 'gone' ? 'Gone' : 'Connected'}>
        {standing === 'gone' && disconnectedAt !== null ? (
          <Instant at={disconnectedAt} />
        ) : connectedAt === null ? (
          'polls'
        ) : (
          <Instant at={connectedAt} />
        )}
      </Table.Td>
    </Table.Tr>
  );
}
