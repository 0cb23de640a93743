import { Table, Text, Title } from '@mantine/core';
import type { Harm as HarmFigures, LaunchReport } from '../../../api/launch-report.ts';
import { clockText } from '../../../sentences/clock-text.ts';
import { formatMs } from './figures.ts';

/** Fewer pairs of windows say nothing, even if all agree. */
const ENOUGH_PAIRS = 10;

/** Whether callers wait longer because of the shadows. */
export function Harm({ report: { harm, shadows } }: { readonly report: LaunchReport }) {
  if (!harm && shadows === 0) return null;
  return (
    <section aria-labelledby="harm-title">
      <Title order={2} id="harm-title" mb={4}>
        Do callers feel the shadows?
      </Title>
      {harm ? (
        <Known harm={harm} />
      ) : (
        <Text size="sm" c="dimmed">
          Not known: too few shadows have run beside calls of the old code to say, or the SDK does not tell.
        </Text>
      )}
    </section>
  );
}

function Known({ harm }: { readonly harm: HarmFigures }) {
  const { worse, better, withMs, withoutMs } = harm;
  const pairs = worse + better;
  return (
    <>
      <Text size="sm">
        {answerOf(harm)} The old code was slower with them in {worse.toLocaleString()} of {pairs.toLocaleString()} pairs
        of moments, one with shadows and one without. {shareText(harm)}
        {slightText(harm)}
      </Text>
      {withMs && withoutMs && (
        <Table.ScrollContainer type="native" tabIndex={0} minWidth={320} maw={520}>
          <Table aria-labelledby="harm-title" verticalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>The old code answers in</Table.Th>
                <Table.Th ta="end">p50</Table.Th>
                <Table.Th ta="end">p99</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {(
                [
                  ['with shadows', withMs],
                  ['without', withoutMs],
                ] as const
              ).map(([name, { p50, p99 }]) => (
                <Table.Tr key={name}>
                  <Table.Td>{name}</Table.Td>
                  <Table.Td ta="end" style={{ whiteSpace: 'nowrap' }}>
                    {formatMs(p50)}
                  </Table.Td>
                  <Table.Td ta="end" style={{ whiteSpace: 'nowrap' }}>
                    {formatMs(p99)}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </>
  );
}

function answerOf({ seen, hold, worse, better }: HarmFigures): string {
  if (seen || hold) return 'Yes.';
  return worse + better < ENOUGH_PAIRS ? 'Not known yet.' : 'Nothing shows that they do.';
}

/** What callers pay on average, where that is shown, and too little to hold shadows back. */
function slightText({ slight, seen, hold }: HarmFigures): string {
  if (!slight.seen || seen || hold) return '';
  return ` On average it is slower all the same, too little to hold them back: by more than 5 % in ${slight.longer.toLocaleString()} of ${slight.of.toLocaleString()} pairs.`;
}

/** How many calls may have a shadow now. */
function shareText({ sharePercent: { low, high }, stops, harmedAtPercent, hold }: HarmFigures): string {
  const times = stops === 1 ? 'once' : `${stops.toLocaleString()} times`;
  const at = harmedAtPercent === null ? '' : `, last at ${figure(harmedAtPercent)} % of the calls`;
  const stopped = stops > 0 ? ` They were stopped ${times}${at}.` : '';
  if (hold) {
    const share = hold.sharePercent > 0 ? `of at most ${figure(hold.sharePercent)} % of the calls` : 'of no call';
    const when = `harm was seen last at ${clockText(hold.at, Date.now())}`;
    return `The server lets every process run shadows ${share} for now, by what all of them show together; ${when}.${stopped}`;
  }
  if (low >= 100) return `Shadows are let in for all calls now.${stopped}`;
  const share = low === high ? `${figure(high)} %` : `${figure(low)} to ${figure(high)} %, by process,`;
  return `Shadows are held at ${share} of the calls now.${stopped}`;
}

function figure(percent: number): string {
  return String(Number(percent.toPrecision(2)));
}
