import { Table, Text, Title } from '@mantine/core';
import type { LaunchReport, PathReport } from '../../../api/launch-report.ts';
import { shownText } from '../../../sentences/shown-text.ts';
import { formatMs, formatRate } from './figures.ts';

const NAMES = { control: 'Old code (control)', candidate: 'New code (candidate)' } as const;

/** Errors and latency of both codes, side by side. */
export function Paths({ report: { paths } }: { readonly report: LaunchReport }) {
  const shown = paths.filter(({ role }) => role !== 'noise').toSorted(byPlace);
  if (shown.length === 0) return null;
  return (
    <section aria-labelledby="paths-title">
      <Title order={2} id="paths-title" mb="xs">
        Errors and latency
      </Title>
      <Table.ScrollContainer type="native" tabIndex={0} minWidth={620}>
        <Table aria-labelledby="paths-title" verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>At</Table.Th>
              <Table.Th>Code</Table.Th>
              <Table.Th ta="end">Calls</Table.Th>
              <Table.Th ta="end">Errors</Table.Th>
              <Table.Th ta="end">p50</Table.Th>
              <Table.Th ta="end">p99</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map((path) => (
              <Line key={`${path.variation} ${path.operation} ${path.path} ${path.role}`} path={path} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  );
}

function Line({
  path: { variation, path, role, operation, calls, hanging, errors, errorClasses, errorUnits, latencyMs },
}: {
  readonly path: PathReport;
}) {
  const [most] = Object.keys(errorClasses);
  return (
    <Table.Tr>
      <Table.Td>
        {shownText(variation)}
        {operation !== null && `, ${operation}`}
      </Table.Td>
      <Table.Td>
        {NAMES[path]}
        {role !== 'answer' && (
          <Text size="xs" c="dimmed">
            {role === 'shadow' ? 'in the shadow' : role}
          </Text>
        )}
      </Table.Td>
      <Table.Td ta="end">
        {calls.toLocaleString()}
        {hanging > 0 && (
          <Text size="xs" c="dimmed">
            {hanging.toLocaleString()} hanging
          </Text>
        )}
      </Table.Td>
      <Table.Td ta="end">
        {formatRate(errors.rate)}
        {errors.count > 0 && (
          <Text size="xs" c="dimmed" lineClamp={2}>
            {most !== undefined && `most ${shownText(most)}`}
            {errorUnits > 0 && `, ${errorUnits} ${errorUnits === 1 ? 'person' : 'people'}`}
          </Text>
        )}
      </Table.Td>
      <Table.Td ta="end">{formatMs(latencyMs?.p50)}</Table.Td>
      <Table.Td ta="end">{formatMs(latencyMs?.p99)}</Table.Td>
    </Table.Tr>
  );
}

/** What belongs together stands together: by stage, reads before writes, the old code first. */
function byPlace(one: PathReport, other: PathReport): number {
  const place = ({ variation, operation, path, role }: PathReport): string =>
    [variation, operation ?? '', path === 'control' ? 0 : 1, role].join(' ');
  return place(one) < place(other) ? -1 : 1;
}
