import { Alert, Anchor, Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconAdjustments, IconCircleCheck, IconHandStop } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import type { Flag } from '../../../api/flags.ts';
import { type LaunchReport, launchReportQuery, type ReportFilter } from '../../../api/launch-report.ts';
import { useMay } from '../../../api/me.ts';
import type { Environment } from '../../../api/projects.ts';
import { Loading } from '../../../elements/loading.tsx';
import { Problem } from '../../../elements/problem.tsx';
import { shownText } from '../../../sentences/shown-text.ts';
import { DIAL_WORDS, type NumberDial } from '../launch/dial-words.ts';
import { Differences } from '../launch/differences.tsx';
import { Harm } from '../launch/harm.tsx';
import { Paths } from '../launch/paths.tsx';
import { ReportChoice } from '../launch/report-choice.tsx';
import { Shed } from '../launch/shed.tsx';
import { Tellers } from '../launch/tellers.tsx';

const DialsDialog = lazy(() =>
  import('../launch/dials-dialog.tsx').then(({ DialsDialog: dialog }) => ({ default: dialog })),
);
const HOUR_MS = 3_600_000;

interface Props {
  readonly flag: Flag;
  readonly environment: Environment;
}

/** How the new code does beside the old, and whether it may take over. */
export function LaunchTab({ flag, environment }: Props) {
  const [filter, setFilter] = useState<ReportFilter>({ time: HOUR_MS, audience: 'all' });
  const [isTurning, setTurning] = useState(false);
  const may = useMay();
  const { data: report, error } = useQuery(launchReportQuery(flag.project, flag.key, environment.key, filter));
  if (!report) return error ? <Problem error={error} /> : <Loading what="the report" />;
  const mayOperate = !flag.archived && may('operate', flag.project, environment.key);
  return (
    <Stack>
      <ReportChoice report={report} filter={filter} onFilter={setFilter} />
      <Verdict report={report} />
      <Mixed report={report} filter={filter} onFilter={setFilter} />
      {report.audiences.browser > 0 && filter.audience === 'all' && (
        <Text size="sm" c="dimmed">
          {report.audiences.browser.toLocaleString()} of{' '}
          {(report.audiences.browser + report.audiences.server).toLocaleString()} calls are browsers’ word. Their key is
          public: whoever has it can report what they like.
        </Text>
      )}
      {Object.values(report.leftOut).some((count) => count > 0) && (
        <Text size="sm" c="dimmed">
          Some of what was reported found no room and is missing from these figures: {leftOutText(report.leftOut)}.
        </Text>
      )}
      <Tellers report={report} onOnly={(only) => setFilter({ ...filter, ...only })} />
      <Paths report={report} />
      <Differences report={report} />
      <Harm report={report} />
      <Shed report={report} />
      <section aria-labelledby="dials-title">
        <Group justify="space-between" mb="xs">
          <Title order={2} id="dials-title">
            Dials
          </Title>
          {mayOperate && (
            <Button
              size="xs"
              variant="default"
              leftSection={<IconAdjustments size={14} aria-hidden />}
              onClick={() => setTurning(true)}
            >
              Turn the dials
            </Button>
          )}
        </Group>
        <DialList report={report} />
      </section>
      <Suspense>
        {isTurning && (
          <DialsDialog flag={flag} environment={environment} dials={report.dials} onClose={() => setTurning(false)} />
        )}
      </Suspense>
    </Stack>
  );
}

const LEFT_OUT: Readonly<Record<string, string>> = {
  summaries: 'reports',
  calls: 'calls of further paths',
  times: 'times of calls',
  units: 'people who met with an error',
  samples: 'samples',
};

function leftOutText(leftOut: LaunchReport['leftOut']): string {
  return Object.entries(leftOut)
    .filter(([, count]) => count > 0)
    .map(([part, count]) => `${count} ${LEFT_OUT[part] ?? part}`)
    .join(', ');
}

/** Several versions in one report: what is wrong may have been mended in the newest. */
function Mixed({
  report: { applications },
  filter,
  onFilter,
}: {
  readonly report: LaunchReport;
  readonly filter: ReportFilter;
  readonly onFilter: (filter: ReportFilter) => void;
}) {
  const [newest] = applications.filter(({ version }) => version !== null);
  const others = applications.filter(({ application }) => application === newest?.application);
  if (!newest?.version || others.length < 2) return null;
  if (filter.application !== undefined || filter.version !== undefined || filter.instance !== undefined) return null;
  const { application, version } = newest;
  const name = [application, version].filter((part) => part !== null).map(shownText);
  return (
    <Text size="sm">
      {others.length} versions are in these figures.{' '}
      <Anchor
        component="button"
        size="sm"
        onClick={() => onFilter({ ...filter, application: application ?? undefined, version })}
      >
        Show {name.join(' ')} alone
      </Anchor>
    </Text>
  );
}

function Verdict({ report: { verdict } }: { readonly report: LaunchReport }) {
  const others = verdict.reasons.filter(({ sentence }) => !verdict.sentence.endsWith(sentence));
  return (
    <Alert
      color={verdict.ready ? 'green' : 'orange'}
      icon={verdict.ready ? <IconCircleCheck aria-hidden /> : <IconHandStop aria-hidden />}
      title={verdict.sentence}
    >
      {others.length > 0 && (
        <ul style={{ margin: 0, paddingInlineStart: '1.2rem' }}>
          {others.map(({ code, sentence }) => (
            <li key={`${code} ${sentence}`}>{capitalised(sentence)}</li>
          ))}
        </ul>
      )}
    </Alert>
  );
}

/** Reasons are written to follow the verdict. */
function capitalised(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

function DialList({ report: { dials } }: { readonly report: LaunchReport }) {
  const set = Object.entries(dials);
  if (set.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        None is set here: the code’s own hold, or the defaults.
      </Text>
    );
  }
  return (
    <ul style={{ margin: 0, paddingInlineStart: '1.2rem', fontSize: 'var(--mantine-font-size-sm)' }}>
      {set.map(([name, value]) => (
        <li key={name}>
          {DIAL_WORDS.get(name as NumberDial)?.label ?? name}: {Array.isArray(value) ? value.join(', ') : String(value)}
        </li>
      ))}
    </ul>
  );
}
