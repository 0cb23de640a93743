import { Button, Center, SegmentedControl, Stack, Text } from '@mantine/core';
import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { flagHistoryQuery } from '../../../api/flag-history.ts';
import type { Flag } from '../../../api/flags.ts';
import type { Environment } from '../../../api/projects.ts';
import { ChangeList } from '../../../history/change-list.tsx';
import { showPropagation } from '../../../propagation/show-propagation.tsx';
import { shownText } from '../../../sentences/shown-text.ts';

interface Props {
  readonly flag: Flag;
  readonly environment: Environment;
}

/** What has been done to this flag, by whom and why, and the way back. */
export function HistoryTab({ flag, environment }: Props) {
  const [isAll, setAll] = useState(false);
  const where = isAll ? null : environment.key;
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = useSuspenseInfiniteQuery(
    flagHistoryQuery(flag.project, flag.key, where),
  );
  const changes = data.pages.flatMap(({ items }) => items);
  return (
    <Stack>
      <SegmentedControl
        aria-label="Which changes"
        value={isAll ? 'all' : 'here'}
        onChange={(chosen) => setAll(chosen === 'all')}
        data={[
          { value: 'here', label: shownText(environment.name || environment.key) },
          { value: 'all', label: 'All environments' },
        ]}
        maw={420}
      />
      {changes.length === 0 ? (
        <Text c="dimmed">Nothing has happened here yet.</Text>
      ) : (
        <ChangeList
          changes={changes}
          label="History"
          onReverted={(change, { revision, changed }) => {
            if (!changed || revision === undefined) return;
            const subject = { project: flag.project, environment: change.environment ?? environment.key, revision };
            showPropagation(`Reverted change ${change.revision}`, subject);
          }}
        />
      )}
      {hasNextPage && (
        <Center>
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show older ones
          </Button>
        </Center>
      )}
    </Stack>
  );
}
