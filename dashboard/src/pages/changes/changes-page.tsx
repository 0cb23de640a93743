import { Button, Stack, Text } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useSearchParams } from 'wouter';
import { readChanges } from '../../api/changes.ts';
import { useMay, useMe } from '../../api/me.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { Empty } from '../../elements/empty.tsx';
import { Loading } from '../../elements/loading.tsx';
import { Page } from '../../elements/page.tsx';
import { Problem } from '../../elements/problem.tsx';
import { ChangeList } from '../../history/change-list.tsx';
import { filterOf, onlyEnvironment, queryOf } from './change-filter.ts';
import { ChangeFilters } from './change-filters.tsx';
import { ExportMenu } from './export-menu.tsx';
import { VerifyChain } from './verify-chain.tsx';

const PAGE = 50;

/** Who did what, when and why: of one project, or (`null`) of all: the audit page. */
export function ChangesPage({ project }: { readonly project: string | null }) {
  const [search, setSearch] = useSearchParams();
  const { grants } = useMe();
  const may = useMay();
  const [exportError, setExportError] = useState<unknown>(null);
  const fromAddress = filterOf(search, project);
  const filter = {
    ...fromAddress,
    environment: fromAddress.environment ?? onlyEnvironment(grants, fromAddress.project),
  };
  const { environment, flag, person, window } = filter;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the clock is read when the filter changes, and then stays.
  const query = useMemo(() => queryOf(filter, Date.now()), [filter.project, environment, flag, person, window]);
  const { data, error, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: queryKeys.changesInPages(query),
    queryFn: ({ pageParam, signal }) =>
      readChanges({ ...query, limit: PAGE, ...(pageParam !== null && { before: pageParam }) }, signal),
    initialPageParam: null as number | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });
  const changes = data?.pages.flatMap(({ items }) => items) ?? [];

  const set = (name: string, value: string | null): void =>
    setSearch(
      (was) => {
        const next = new URLSearchParams(was);
        if (value === null) next.delete(name);
        else next.set(name, value);
        if (name === 'project') for (const gone of ['environment', 'flag']) next.delete(gone);
        return next;
      },
      { replace: true },
    );
  const isAudit = project === null;
  const isFiltered = [environment, flag, person, window].some((each) => each !== null);
  return (
    <Page
      title={isAudit ? 'Audit' : 'Changes'}
      lead={
        isAudit
          ? 'Everything that anybody did, in all projects, in a chain that shows when it is tampered with.'
          : 'Who did what, when and why. Every change of a flag or segment can be reverted.'
      }
      {...(isAudit && {
        actions: <ExportMenu query={query} onError={setExportError} />,
      })}
    >
      <Stack gap="md" maw={900}>
        {isAudit && may('install', null, null) && <VerifyChain />}
        {exportError !== null && <Problem error={exportError} title="The changes could not be exported" />}
        <ChangeFilters filter={filter} isProjectChosen={isAudit} onChange={set} />
        {error && <Problem error={error} />}
        {!data && !error && <Loading what="the changes" />}
        {changes.length > 0 && (
          <ChangeList changes={changes} label="Changes, newest first" isProjectShown={filter.project === null} />
        )}
        {data && changes.length === 0 && !isFetchingNextPage && (
          <Empty title={isFiltered ? 'Nothing was changed like that' : 'Nothing has been changed yet'}>
            {isFiltered
              ? 'Take a filter away, or look further back.'
              : 'As soon as somebody changes a flag, it stands here with their name and reason.'}
          </Empty>
        )}
        {isFetchingNextPage && <Loading what="older changes" />}
        {hasNextPage && !isFetchingNextPage && (
          <div>
            <Button variant="default" onClick={() => void fetchNextPage()}>
              Older changes
            </Button>
          </div>
        )}
        {data && !hasNextPage && changes.length > 0 && (
          <Text size="sm" c="dimmed">
            That is all{window !== null ? ' of this time' : ''}.
          </Text>
        )}
      </Stack>
    </Page>
  );
}
