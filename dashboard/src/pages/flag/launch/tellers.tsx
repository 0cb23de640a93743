import { OTHER } from '@dimmer/core/other';
import { Anchor, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { LaunchReport, ReportFilter } from '../../../api/launch-report.ts';
import { Disclosure } from '../../../elements/disclosure.tsx';
import { Instant } from '../../../elements/instant.tsx';
import { shownText } from '../../../sentences/shown-text.ts';
import { formatRate } from './figures.ts';

const NUMBER = { whiteSpace: 'nowrap' } as const;

interface Props {
  readonly report: LaunchReport;
  /** Narrows the report down. */
  readonly onOnly: (only: Pick<ReportFilter, 'application' | 'version' | 'instance' | 'candidate'>) => void;
}

/** Who has told of it: which version, and which instance, is to blame. And what else runs beside control. */
export function Tellers({ report: { applications, instances, candidates }, onOnly }: Props) {
  return (
    <>
      {candidates.length > 0 && (
        <Disclosure title={`Further candidates (${candidates.length})`} isOpenAtFirst>
          <Figures
            name="Further candidates"
            rows={candidates.map(({ candidate, ...figures }) => ({
              key: candidate,
              title: <Name text={candidate} isReal={candidate !== OTHER} onOnly={() => onOnly({ candidate })} />,
              ...figures,
            }))}
          />
        </Disclosure>
      )}
      {applications.length > 1 && (
        <Disclosure title={`Versions (${applications.length})`} isOpenAtFirst>
          <Figures
            name="Versions"
            rows={applications.map(({ application, version, ...figures }) => ({
              key: JSON.stringify([application, version]),
              title: (
                <Name
                  text={[application ?? '(no name)', version].filter((part) => part !== null).join(' ')}
                  isReal={application !== null && application !== OTHER}
                  onOnly={() => onOnly({ application: application ?? undefined, version: version ?? undefined })}
                />
              ),
              ...figures,
            }))}
          />
        </Disclosure>
      )}
      {instances.length > 1 && (
        <Disclosure title={`Instances (${instances.length}): those that fail or differ most first`}>
          <Figures
            name="Instances"
            rows={instances.map(({ instance, application, ...figures }) => ({
              key: JSON.stringify([instance, application]),
              title: (
                <>
                  <Name
                    text={instance ?? '(no name)'}
                    isReal={instance !== null && instance !== OTHER}
                    onOnly={() => onOnly({ instance: instance ?? undefined })}
                  />
                  {application !== null && (
                    <Text size="xs" c="dimmed">
                      {shownText(application)}
                    </Text>
                  )}
                </>
              ),
              ...figures,
            }))}
          />
        </Disclosure>
      )}
    </>
  );
}

/** A name that narrows the report down to who has it; unless it stands for several, or for none. */
function Name({
  text,
  isReal,
  onOnly,
}: {
  readonly text: string;
  readonly isReal: boolean;
  readonly onOnly: () => void;
}) {
  if (!isReal) return text;
  return (
    <Anchor component="button" size="sm" ta="start" onClick={onOnly}>
      {shownText(text)}
    </Anchor>
  );
}

interface Row {
  readonly key: string;
  readonly title: ReactNode;
  readonly calls: number;
  readonly errors: number;
  readonly compared: number;
  readonly different: number;
  readonly first: number;
}

function Figures({ name, rows }: { readonly name: string; readonly rows: readonly Row[] }) {
  return (
    <Table.ScrollContainer type="native" tabIndex={0} minWidth={480}>
      <Table aria-label={name} verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th ta="end">Calls</Table.Th>
            <Table.Th ta="end">Errors</Table.Th>
            <Table.Th ta="end">Different</Table.Th>
            <Table.Th>First seen</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ key, title, calls, errors, compared, different, first }) => (
            <Table.Tr key={key}>
              <Table.Td>{title}</Table.Td>
              <Table.Td ta="end" style={NUMBER}>
                {calls.toLocaleString()}
              </Table.Td>
              <Table.Td ta="end" style={NUMBER}>
                {formatRate(calls > 0 ? errors / calls : null)}
              </Table.Td>
              <Table.Td ta="end" style={NUMBER}>
                {formatRate(compared > 0 ? different / compared : null)}
              </Table.Td>
              <Table.Td>
                <Instant at={first} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
