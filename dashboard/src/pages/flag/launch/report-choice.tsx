import { CloseButton, Group, NativeSelect, SegmentedControl, Text } from '@mantine/core';
import type { ApplicationFigures, Audience, LaunchReport, ReportFilter } from '../../../api/launch-report.ts';
import { shownText } from '../../../sentences/shown-text.ts';
import { RANGES } from '../evaluation-columns.ts';

const ALL = '';
const SINCE_CHANGE = { value: 'change', label: 'Since change' };

interface Props {
  readonly report: LaunchReport;
  readonly filter: ReportFilter;
  readonly onFilter: (filter: ReportFilter) => void;
}

/** What the report is to be about: a time, a version, an instance or further candidate, and whose word. */
export function ReportChoice({ report: { applications }, filter, onFilter }: Props) {
  const { time, audience } = filter;
  const narrowed = (['candidate', 'instance'] as const).filter((part) => filter[part] !== undefined);
  return (
    <Group justify="space-between" align="flex-end" gap="sm">
      <SegmentedControl
        aria-label="Time"
        value={String(time)}
        onChange={(chosen) => onFilter({ ...filter, time: chosen === 'change' ? chosen : Number(chosen) })}
        data={[...RANGES.map(({ name, lastMs }) => ({ value: String(lastMs), label: name })), SINCE_CHANGE]}
        maw="100%"
        style={{ overflowX: 'auto' }}
      />
      <Group gap="xs">
        {narrowed.map((part) => (
          <Group key={part} gap={2}>
            <Text size="sm">
              only {part === 'candidate' ? 'candidate ' : ''}
              {shownText(filter[part] ?? '')}
            </Text>
            <CloseButton
              size="sm"
              aria-label={
                part === 'candidate' ? 'Show the candidate that is to go live again' : 'Show all instances again'
              }
              onClick={() => onFilter({ ...filter, [part]: undefined })}
            />
          </Group>
        ))}
        {isWorthChoosing(applications, filter) && (
          <NativeSelect
            aria-label="Version"
            value={keyOf(filter)}
            onChange={({ currentTarget: { value } }) =>
              onFilter({ ...filter, instance: undefined, ...chosenBy(value) })
            }
            data={[{ value: ALL, label: 'All versions' }, ...choices(applications, filter)]}
          />
        )}
        <NativeSelect
          aria-label="Whose word"
          value={audience}
          onChange={({ currentTarget: { value } }) => onFilter({ ...filter, audience: value as Audience })}
          data={[
            { value: 'all', label: 'Servers and browsers' },
            { value: 'server', label: 'Servers only' },
            { value: 'browser', label: 'Browsers only' },
          ]}
        />
      </Group>
    </Group>
  );
}

type Chosen = Pick<ReportFilter, 'application' | 'version'>;

function isWorthChoosing(applications: readonly ApplicationFigures[], { application, version }: Chosen): boolean {
  return applications.length > 1 || application !== undefined || version !== undefined;
}

/** What has been chosen stays a choice, although it has told of nothing in another time. */
function choices(applications: readonly ApplicationFigures[], { application, version }: Chosen) {
  const named = applications
    .filter(({ application: name, version: its }) => name !== null || its !== null)
    .map(({ application: name, version: its }) => choiceOf(name ?? undefined, its ?? undefined));
  const chosen = choiceOf(application, version);
  const isGone = chosen.value !== ALL && !named.some(({ value }) => value === chosen.value);
  return isGone ? [chosen, ...named] : named;
}

function choiceOf(application: string | undefined, version: string | undefined) {
  const label = [application, version].filter((part) => part !== undefined).map(shownText);
  return { value: keyOf({ application, version }), label: label.join(' ') };
}

function keyOf({ application, version }: Chosen): string {
  return application === undefined && version === undefined
    ? ALL
    : JSON.stringify([application ?? null, version ?? null]);
}

function chosenBy(key: string): Chosen {
  if (key === ALL) return { application: undefined, version: undefined };
  const [application, version] = JSON.parse(key) as readonly (string | null)[];
  return { application: application ?? undefined, version: version ?? undefined };
}
