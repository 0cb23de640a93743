import { Alert, Button, Group, NativeSelect, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { IconAdjustments, IconCircleCheck, IconHandStop } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { Loading } from '../../../elements/loading.tsx';
import { Problem } from '../../../elements/problem.tsx';
import type { Flag } from '../../../server/flags.ts';
import { type Audience, type LaunchReport, launchReportQuery } from '../../../server/launch-report.ts';
import { useMay } from '../../../server/me.ts';
import type { Environment } from '../../../server/projects.ts';
import { RANGES } from '../evaluation-columns.ts';
import { DIAL_WORDS } from '../launch/dial-words.ts';
import { Differences } from '../launch/differences.tsx';
import { Paths } from '../launch/paths.tsx';

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
  const [lastMs, setLastMs] = useState(HOUR_MS);
  const [audience, setAudience] = useState<Audience>('all');
  const [isTurning, setTurning] = useState(false);
  const may = useMay();
  const { data: report, error } = useQuery(
    launchReportQuery(flag.project, flag.key, environment.key, { lastMs, audience }),
  );
  if (!report) return error ? <Problem error={error} /> : <Loading what="the report" />;
  const mayOperate = !flag.archived && may('operate', flag.project, environment.key);
  return (
    <Stack>
      <Group justify="space-between">
        <SegmentedControl
          aria-label="Time"
          value={String(lastMs)}
          onChange={(chosen) => setLastMs(Number(chosen))}
          data={RANGES.map(({ name, lastMs: value }) => ({ value: String(value), label: name }))}
        />
        <NativeSelect
          aria-label="Whose word"
          value={audience}
          onChange={(event) => setAudience(event.currentTarget.value as Audience)}
          data={[
            { value: 'all', label: 'Servers and browsers' },
            { value: 'server', label: 'Servers only' },
            { value: 'browser', label: 'Browsers only' },
          ]}
        />
      </Group>
      <Verdict report={report} />
      {report.audiences.browser > 0 && audience === 'all' && (
        <Text size="sm" c="dimmed">
          {report.audiences.browser} of {report.audiences.browser + report.audiences.server} calls are browsers’ word.
          Their key is public: whoever has it can report what they like.
        </Text>
      )}
      {Object.values(report.leftOut).some((count) => count > 0) && (
        <Text size="sm" c="dimmed">
          Some of what was reported found no room and is missing from these figures: {leftOutText(report.leftOut)}.
        </Text>
      )}
      <Paths report={report} />
      <Differences report={report} />
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
            <li key={`${code} ${sentence}`}>{sentence}</li>
          ))}
        </ul>
      )}
    </Alert>
  );
}

function Shed({ report: { shed, shadows } }: { readonly report: LaunchReport }) {
  if (shed.length === 0) return null;
  return (
    <section aria-labelledby="shed-title">
      <Title order={2} id="shed-title" mb={4}>
        Shed to protect the callers
      </Title>
      <Text size="sm" mb="xs">
        {shadows.toLocaleString()} shadows ran. These did not:
      </Text>
      <ul style={{ margin: 0, paddingInlineStart: '1.2rem', fontSize: 'var(--mantine-font-size-sm)' }}>
        {shed.map(({ cause, count, share }) => (
          <li key={cause}>
            {cause}: {count.toLocaleString()} ({(100 * share).toFixed(1)} %)
          </li>
        ))}
      </ul>
    </section>
  );
}

function DialList({ report: { dials } }: { readonly report: LaunchReport }) {
  const set = Object.entries(dials);
  if (set.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        None is set here: the code’s own hold, or the defaults, which hurt nobody.
      </Text>
    );
  }
  return (
    <ul style={{ margin: 0, paddingInlineStart: '1.2rem', fontSize: 'var(--mantine-font-size-sm)' }}>
      {set.map(([name, value]) => (
        <li key={name}>
          {DIAL_WORDS.get(name)?.label ?? name}: {Array.isArray(value) ? value.join(', ') : String(value)}
        </li>
      ))}
    </ul>
  );
}
