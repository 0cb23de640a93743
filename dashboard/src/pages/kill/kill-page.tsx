import { Stack, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Flag, flagsQuery, refreshInList } from '../../api/flags.ts';
import { isGuarded } from '../../api/guarded.ts';
import { useMay, useMe } from '../../api/me.ts';
import { environmentsQuery } from '../../api/projects.ts';
import { queryKeys } from '../../api/query-keys.ts';
import type { Written } from '../../api/write.ts';
import { Empty } from '../../elements/empty.tsx';
import { EnvironmentPicker, usualEnvironment } from '../../elements/environment-picker.tsx';
import { Loading } from '../../elements/loading.tsx';
import { Page } from '../../elements/page.tsx';
import { Problem } from '../../elements/problem.tsx';
import { restoringSentence } from '../../sentences/flag-light.ts';
import { type FlagEntry, orderFlags } from './flag-order.ts';
import { FlagRow } from './flag-row.tsx';
import { FlagSection } from './flag-section.tsx';
import { KillByKey } from './kill-by-key.tsx';
import { KillDialog } from './kill-dialog.tsx';
import { LastHalfHour } from './last-half-hour.tsx';
import { mayUndo } from './may-undo.ts';
import { RestoreDialog } from './restore-dialog.tsx';
import { usePins } from './use-pins.ts';
import { useWatched } from './use-watched.ts';
import { type Watched, WatchedAct } from './watched-act.tsx';

interface Asking {
  readonly act: 'kill' | 'restore';
  readonly flag: string;
  readonly environment: string;
}

/**
 * For people on call: one press and a reason, and then the proof. Lists are a convenience here: if none of them can
 * be read, killing by key still works, for it is one request.
 */
export function KillPage({ project }: { readonly project: string }) {
  const queryClient = useQueryClient();
  const may = useMay();
  const { grants, id } = useMe();
  // A break-glass role kills and does not read.
  const mayRead = may('read', project, null);
  const {
    data: environments = [],
    error: noEnvironments,
    isPending,
  } = useQuery({ ...environmentsQuery(project), enabled: mayRead });
  const { data: flags, error: noFlags } = useQuery({ ...flagsQuery(project), enabled: mayRead });
  const [pins, togglePin] = usePins(project);
  const [search, setSearch] = useState('');
  const [asking, setAsking] = useState<Asking | null>(null);
  const { environment: chosen, watched, look, watch } = useWatched();
  const own = grants.find((grant) => grant.project === null || grant.project === project)?.environment;
  const environment = chosen ?? (mayRead ? null : own) ?? usualEnvironment(environments);
  const inUse = environments.find(({ key }) => key === environment) ?? { key: environment, protected: false };
  const order = orderFlags(flags ?? [], environment, pins, search);
  const error = noFlags ?? noEnvironments;
  const mayKill = may('kill', project, environment);
  const mayRestore = may('operate', project, environment);

  const summaryOf = ({ flag, environment: at }: Asking) =>
    flags?.find(({ key }) => key === flag)?.environments.find((each) => each.environment === at);

  const done = (act: Watched['act'], flag: string, at: string, { revision }: Written): void => {
    if (revision !== undefined) watch({ act, flag, environment: at, revision });
    setSearch('');
    // Also where the stream of changes is cut: what was just done must be seen.
    void refreshInList(project, flag);
    void queryClient.invalidateQueries({ queryKey: queryKeys.changes });
    window.scrollTo({ top: 0 });
  };
  const row = (entry: FlagEntry) => {
    const { key } = entry.flag;
    return (
      <FlagRow
        key={key}
        entry={entry}
        isPinned={pins.has(key)}
        mayKill={mayKill}
        mayRestore={mayRestore}
        onPin={() => togglePin(key)}
        onKill={() => setAsking({ act: 'kill', flag: key, environment })}
        onRestore={() => setAsking({ act: 'restore', flag: key, environment })}
      />
    );
  };
  const byKey = (
    <KillByKey
      key={environment}
      environment={environment}
      onKill={(flag, at) => setAsking({ act: 'kill', flag, environment: at })}
    />
  );
  const isKilled = order.killed.some(({ flag }) => flag.key === watched?.flag);

  return (
    <Page title="Kill switch" lead="Turns a flag off for everybody, and shows when every instance has obeyed.">
      <Stack gap="lg" maw={760} data-guarded={isGuarded(inUse)}>
        {!isPending && <EnvironmentPicker environments={environments} value={environment} onChange={look} />}
        {watched && (
          <WatchedAct
            key={watched.revision}
            project={project}
            watched={watched}
            isKilled={isKilled}
            onRestore={mayRestore ? () => setAsking({ ...watched, act: 'restore' }) : null}
            onClose={() => look(watched.environment)}
          />
        )}
        {!mayKill && <Text size="sm">Your role does not let you kill in {environment}. Ask an administrator.</Text>}
        {error && <Problem error={error} title="Not everything could be read; killing by key works all the same" />}
        {(error || !mayRead) && byKey}
        {flags && flags.length > 0 && (
          <TextInput
            type="search"
            size="md"
            aria-label="Search flags"
            placeholder="Flag, tag or owner"
            leftSection={<IconSearch size={18} aria-hidden />}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
        )}
        {!flags && !error && mayRead && <Loading what="the flags" />}
        {flags?.length === 0 && (
          <Empty title="No flags yet">As soon as this project has a flag, it can be killed here.</Empty>
        )}
        {order.found === null ? (
          <>
            <FlagSection title="Killed">{order.killed.map(row)}</FlagSection>
            <FlagSection title="Pinned">{order.pinned.map(row)}</FlagSection>
            <FlagSection title="Changed last">{order.recent.map(row)}</FlagSection>
          </>
        ) : (
          <>
            <FlagSection title="Found">{order.found.map(row)}</FlagSection>
            {order.found.length === 0 && byKey}
            {order.moreFound > 0 && <Text size="sm">And {order.moreFound} more: type more of the name.</Text>}
          </>
        )}
        {mayRead && (
          <LastHalfHour
            project={project}
            environment={environment}
            onReverted={(change, written) => done('reverted', change.subject, environment, written)}
          />
        )}
      </Stack>
      {asking?.act === 'kill' && (
        <KillDialog
          project={project}
          flag={asking.flag}
          environment={asking.environment}
          onKilled={(written) => done('killed', asking.flag, asking.environment, written)}
          onClose={() => setAsking(null)}
        />
      )}
      {asking?.act === 'restore' && (
        <RestoreDialog
          project={project}
          flag={asking.flag}
          environment={asking.environment}
          isProtected={environments.some((each) => each.key === asking.environment && each.protected)}
          needsApproval={environments.some((each) => each.key === asking.environment && each.approvals === 1)}
          mayUndo={mayUndo(summaryOf(asking), id, Date.now())}
          restores={restoresOf(flags, asking)}
          onRestored={(written) => done('restored', asking.flag, asking.environment, written)}
          onClose={() => setAsking(null)}
        />
      )}
    </Page>
  );
}

function restoresOf(flags: readonly Flag[] = [], { flag: key, environment }: Asking): string | null {
  const flag = flags.find((each) => each.key === key);
  const summary = flag?.environments.find((each) => each.environment === environment);
  return flag && summary ? restoringSentence(flag, summary) : null;
}
