import { Button, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useDeferredValue, useMemo, useRef, useState } from 'react';
import { flagsQuery } from '../../api/flags.ts';
import { useMay } from '../../api/me.ts';
import { environmentsQuery } from '../../api/projects.ts';
import { Empty } from '../../elements/empty.tsx';
import { Page } from '../../elements/page.tsx';
import { choicesOf, filterFlags, NO_FILTER } from './flag-filter.ts';
import { FlagFilters } from './flag-filters.tsx';
import { FlagList, type FlagListHandle } from './flag-list.tsx';
import { NoFlags } from './no-flags.tsx';
import { useFlagFilter } from './use-flag-filter.ts';
import { useListKeys } from './use-list-keys.ts';

const CreateFlagDialog = lazy(() =>
  import('../flag/form/create-flag-dialog.tsx').then(({ CreateFlagDialog: dialog }) => ({ default: dialog })),
);
const BulkBar = lazy(() => import('./bulk-bar.tsx').then(({ BulkBar: bar }) => ({ default: bar })));

const NONE: ReadonlySet<string> = new Set();
const number = new Intl.NumberFormat();

/** All flags of a project: found by typing, judged at a glance, opened by Enter. */
export function FlagsPage({ project }: { readonly project: string }) {
  const { data: flags } = useSuspenseQuery(flagsQuery(project));
  const { data: environments } = useSuspenseQuery(environmentsQuery(project));
  const may = useMay();
  const [filter, change] = useFlagFilter();
  const [selected, setSelected] = useState(NONE);
  const [isCreating, setCreating] = useState(false);
  const search = useRef<HTMLInputElement>(null);
  const list = useRef<FlagListHandle>(null);
  // While somebody types, what they type comes first.
  const deferred = useDeferredValue(filter);
  const found = useMemo(() => filterFlags(flags, deferred), [flags, deferred]);
  const choices = useMemo(() => choicesOf(flags), [flags]);
  useListKeys(search, list);

  const select = useCallback((key: string) => {
    setSelected((before) => {
      const after = new Set(before);
      if (!after.delete(key)) after.add(key);
      return after;
    });
  }, []);
  const selectAll = (): void => {
    const isAll = found.every(({ key }) => selected.has(key));
    setSelected(isAll ? NONE : new Set(found.map(({ key }) => key)));
  };
  const chosen = useMemo(() => flags.filter(({ key }) => selected.has(key)), [flags, selected]);
  const mayCreate = may('write', project, null);
  const create = mayCreate && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
      Create flag
    </Button>
  );
  const inUse = flags.reduce((count, { archived }) => count + (archived ? 0 : 1), 0);
  return (
    <Page title="Flags" {...(flags.length > 0 && { actions: create })}>
      {flags.length === 0 ? (
        <NoFlags project={project} action={create} />
      ) : (
        <>
          <FlagFilters
            filter={filter}
            onChange={change}
            choices={choices}
            searchRef={search}
            onDown={() => list.current?.move(0)}
          />
          <Text size="sm" c="dimmed" role="status">
            {found.length === inUse
              ? number.format(inUse)
              : `${number.format(found.length)} of ${number.format(inUse)}`}{' '}
            {inUse === 1 ? 'flag' : 'flags'}
          </Text>
          {found.length === 0 ? (
            <Empty
              title="No flag is like that"
              action={
                <Button variant="default" onClick={() => change({ ...NO_FILTER })}>
                  Show all flags
                </Button>
              }
            >
              Look for a part of its key, name, description or a tag, or take a filter away. Archived flags are shown
              only when they are asked for.
            </Empty>
          ) : (
            <FlagList
              ref={list}
              flags={found}
              environments={environments}
              selected={selected}
              onSelect={select}
              onSelectAll={selectAll}
              order={filter.order}
              onOrder={(order) => change({ order })}
            />
          )}
        </>
      )}
      <Suspense>
        {isCreating && <CreateFlagDialog project={project} flags={flags} onClose={() => setCreating(false)} />}
        {chosen.length > 0 && (
          <BulkBar
            project={project}
            flags={chosen}
            environments={environments}
            onClear={() => setSelected(NONE)}
            onLeft={(keys) => setSelected(new Set(keys))}
          />
        )}
      </Suspense>
    </Page>
  );
}
