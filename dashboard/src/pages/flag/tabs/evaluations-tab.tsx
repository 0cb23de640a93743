import { Group, SegmentedControl, Stack, Table, Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { evaluationsQuery } from '../../../api/evaluations.ts';
import type { Flag } from '../../../api/flags.ts';
import type { Environment } from '../../../api/projects.ts';
import { Disclosure } from '../../../elements/disclosure.tsx';
import { Empty } from '../../../elements/empty.tsx';
import { Instant } from '../../../elements/instant.tsx';
import { Loading } from '../../../elements/loading.tsx';
import { Problem } from '../../../elements/problem.tsx';
import { formatPercent } from '../../../sentences/percent.ts';
import { shownText } from '../../../sentences/shown-text.ts';
import { variationColour } from '../dimmer/variation-colour.ts';
import chart from '../evaluation-chart.module.css';
import { EvaluationChart, type Series } from '../evaluation-chart.tsx';
import { type Column, columnsOf, RANGES, type Range } from '../evaluation-columns.ts';

const number = new Intl.NumberFormat();
const time = new Intl.DateTimeFormat(undefined, { dateStyle: 'short', timeStyle: 'short' });
const DEFAULT_COLOUR = 'light-dark(#d0453f, #ff8a8a)';

interface Props {
  readonly flag: Flag;
  readonly environment: Environment;
}

/** How often it was asked for, and what was served, as SDKs have counted. */
export function EvaluationsTab({ flag, environment }: Props) {
  const [name, setName] = useState(RANGES[0]?.name ?? '');
  const range = RANGES.find((each) => each.name === name) as Range;
  const { data, error } = useQuery({
    ...evaluationsQuery(flag.project, flag.key, environment.key, range.lastMs),
    placeholderData: keepPreviousData,
  });
  const columns = useMemo(() => (data ? columnsOf(data.items, data.to, range) : []), [data, range]);
  const series = seriesOf(flag, columns);
  const total = columns.reduce((sum, column) => sum + column.total, 0);
  if (error) return <Problem error={error} />;
  if (!data) return <Loading what="the evaluations" />;
  return (
    <Stack>
      <Group justify="space-between">
        <SegmentedControl aria-label="Time" value={name} onChange={setName} data={RANGES.map((each) => each.name)} />
        <Text size="sm" c="dimmed">
          Last evaluated: {data.lastEvaluatedAt === null ? 'never' : <Instant at={data.lastEvaluatedAt} />}
        </Text>
      </Group>
      {flag.browser && (
        <Text size="sm" c="dimmed">
          Browsers may ask for this flag. What they have counted is part of these figures, and their key is public:
          whoever has it can report what they like.
        </Text>
      )}
      {total === 0 ? (
        <Empty title="Nobody asked in this time">
          {data.lastEvaluatedAt === null
            ? 'No code has asked for this flag here yet. SDKs report what they count every ten seconds.'
            : 'Choose a longer time, or look whether the code that asks still runs.'}
        </Empty>
      ) : (
        <>
          <EvaluationChart columns={columns} series={series} stepMs={range.stepMs} />
          <ul className={chart.legend}>
            {series.map(({ key, name: label, colour }) => {
              const count = columns.reduce((sum, { counts }) => sum + (counts.get(key) ?? 0), 0);
              return (
                <li key={label}>
                  <span className={chart.swatch} style={{ background: colour }} />
                  {label}: {number.format(count)} ({formatPercent((100 * count) / total)})
                </li>
              );
            })}
          </ul>
          <Disclosure title="The figures as a table">
            <CountTable columns={columns} series={series} />
          </Disclosure>
        </>
      )}
    </Stack>
  );
}

/** Variations in their order, then those that are gone, then the caller's default. */
function seriesOf(flag: Flag, columns: readonly Column[]): readonly Series[] {
  const served = new Set(columns.flatMap(({ counts }) => [...counts.keys()]));
  const known = flag.variations.map((variation, index) => ({
    key: variation.key as string | null,
    name: shownText(variation.key),
    colour: variationColour(flag.type, variation, index),
  }));
  const gone = [...served]
    .filter((key) => key !== null && !known.some((each) => each.key === key))
    .map((key, index) => ({ key, name: `${shownText(key ?? '')} (gone)`, colour: `hsl(${200 + index * 40} 20% 55%)` }));
  const fallback = { key: null, name: 'default in the code', colour: DEFAULT_COLOUR };
  return [...known, ...gone, fallback].filter(({ key }) => served.has(key));
}

function CountTable({ columns, series }: { readonly columns: readonly Column[]; readonly series: readonly Series[] }) {
  return (
    <Table.ScrollContainer type="native" tabIndex={0} minWidth={300} mah={360}>
      <Table aria-label="Evaluations by variation over time" verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>From</Table.Th>
            {series.map(({ name }) => (
              <Table.Th key={name} ta="end">
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {columns
            .filter(({ total }) => total > 0)
            .toReversed()
            .map(({ at, counts }) => (
              <Table.Tr key={at}>
                <Table.Td>{time.format(at)}</Table.Td>
                {series.map(({ key, name }) => (
                  <Table.Td key={name} ta="end">
                    {number.format(counts.get(key) ?? 0)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
