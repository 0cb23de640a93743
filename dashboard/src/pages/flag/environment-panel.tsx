import { hasStages } from '@dimmer/core/flag-types';
import { Tabs } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { Flag } from '../../api/flags.ts';
import type { Environment } from '../../api/projects.ts';
import { Failure } from '../../elements/failure.tsx';
import { Loading } from '../../elements/loading.tsx';
import { TargetingTab } from './tabs/targeting-tab.tsx';

const PreviewTab = lazy(() => import('./tabs/preview-tab.tsx').then(({ PreviewTab: tab }) => ({ default: tab })));
const EvaluationsTab = lazy(() =>
  import('./tabs/evaluations-tab.tsx').then(({ EvaluationsTab: tab }) => ({ default: tab })),
);
const LaunchTab = lazy(() => import('./tabs/launch-tab.tsx').then(({ LaunchTab: tab }) => ({ default: tab })));
const HistoryTab = lazy(() => import('./tabs/history-tab.tsx').then(({ HistoryTab: tab }) => ({ default: tab })));

interface Props {
  readonly flag: Flag;
  readonly environment: Environment;
  readonly environments: readonly Environment[];
  readonly tab: string;
  readonly onTab: (tab: string) => void;
}

/** One environment in full. */
export function EnvironmentPanel({ flag, environment, environments, tab, onTab }: Props) {
  const hasShadows = hasStages(flag.type);
  const tabs = [
    ['targeting', 'Targeting'],
    ['preview', 'Who gets what'],
    ['evaluations', 'Evaluations'],
    ...(hasShadows ? [['launch', flag.type === 'launch' ? 'Launch' : 'Migration']] : []),
    ['history', 'History'],
  ] as const;
  const open = tabs.some(([name]) => name === tab) ? tab : 'targeting';
  const where = { flag, environment };
  const content = () => {
    switch (open) {
      case 'preview':
        return <PreviewTab {...where} />;
      case 'evaluations':
        return <EvaluationsTab {...where} />;
      case 'launch':
        return <LaunchTab {...where} />;
      case 'history':
        return <HistoryTab {...where} />;
      default:
        return <TargetingTab {...where} environments={environments} />;
    }
  };
  return (
    <Tabs value={open} onChange={(chosen) => chosen !== null && onTab(chosen)} keepMounted={false}>
      <Tabs.List mb="md" style={{ flexWrap: 'nowrap', overflowX: 'auto', overflowY: 'hidden' }}>
        {tabs.map(([name, title]) => (
          <Tabs.Tab key={name} value={name as string}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map(([name, title]) => (
        <Tabs.Panel key={name} value={name as string}>
          <Failure>
            <Suspense fallback={<Loading what={title as string} />}>{content()}</Suspense>
          </Failure>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
