import { Code, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import type { CauseCount, Cluster, LaunchReport } from '../../../api/launch-report.ts';
import { Disclosure } from '../../../elements/disclosure.tsx';
import { Instant } from '../../../elements/instant.tsx';
import { shownText } from '../../../sentences/shown-text.ts';
import { formatRate } from './figures.ts';

/** Where the results of both codes differ, with samples. */
export function Differences({
  report: { mismatches, noise, ignored, ignoredWhole, failed, notCompared, clusters },
}: {
  readonly report: LaunchReport;
}) {
  if (mismatches.of + failed === 0) return null;
  return (
    <section aria-labelledby="differences-title">
      <Title order={2} id="differences-title" mb={4}>
        Differences
      </Title>
      <Text size="sm">
        {mismatches.count.toLocaleString()} of {mismatches.of.toLocaleString()} compared results differ (
        {formatRate(mismatches.rate)}
        {mismatches.of > 0 && `; 95 %: ${formatRate(mismatches.low)} to ${formatRate(mismatches.high)}`}).{' '}
        {noise.of > 0
          ? `The old code differs from itself in ${formatRate(noise.rate)} of ${noise.of.toLocaleString()}.`
          : 'How often the old code differs from itself is not known: it was never run twice.'}
        {ignored > 0 &&
          ` ${ignored.toLocaleString()} (${formatRate(ignored / mismatches.of)}) differ only where that is passed over${ignoredWhole > 0 ? `; of ${ignoredWhole.toLocaleString()} of them there is nothing else to compare` : ''}.`}
        {failed > 0 && ` ${failed.toLocaleString()} more were not compared${whyText(notCompared)}.`}
      </Text>
      <Stack gap={4} mt="xs">
        {clusters.map((cluster) => (
          <ClusterLine key={`${cluster.path} ${cluster.kind}`} cluster={cluster} />
        ))}
      </Stack>
    </section>
  );
}

/** SDKs of before do not say why. */
function whyText(causes: readonly CauseCount[]): string {
  if (causes.length === 0) return '';
  return `: ${causes.map(({ words, count }) => `${shownText(words)} (${count.toLocaleString()})`).join(', ')}`;
}

function ClusterLine({ cluster: { path, kind, count, share, samples } }: { readonly cluster: Cluster }) {
  return (
    <Disclosure
      title={
        <>
          <code>{path === '' ? 'the whole' : shownText(path)}</code> {kind}: {count.toLocaleString()} (
          {formatRate(share)} of them)
        </>
      }
    >
      {samples.length === 0 && <Text size="sm">No sample was kept.</Text>}
      {samples.map(({ control, candidate, at }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: samples have no name.
        <Stack key={index} gap={4} mb="sm">
          <Text size="xs" c="dimmed">
            <Instant at={at} />
          </Text>
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xs">
            <Sample name="Old code" text={control} />
            <Sample name="New code" text={candidate} />
          </SimpleGrid>
        </Stack>
      ))}
    </Disclosure>
  );
}

function Sample({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <div>
      <Text size="xs" fw={650}>
        {name}
      </Text>
      <Code block tabIndex={0} style={{ maxHeight: 200, overflow: 'auto', overflowWrap: 'anywhere' }}>
        {shownText(text)}
      </Code>
    </div>
  );
}
