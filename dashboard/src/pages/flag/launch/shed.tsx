import { Text, Title } from '@mantine/core';
import type { LaunchReport } from '../../../api/launch-report.ts';
import { shownText } from '../../../sentences/shown-text.ts';
import { formatRate } from './figures.ts';

/** Shadows that did not run, and why. */
export function Shed({ report: { shed, shadows } }: { readonly report: LaunchReport }) {
  if (shed.length === 0) return null;
  return (
    <section aria-labelledby="shed-title">
      <Title order={2} id="shed-title" mb={4}>
        Shadows that did not run
      </Title>
      <Text size="sm" mb="xs">
        {shadows.toLocaleString()} ran. These did not, so that callers feel nothing of them, or because they were not
        wanted:
      </Text>
      <ul style={{ margin: 0, paddingInlineStart: '1.2rem', fontSize: 'var(--mantine-font-size-sm)' }}>
        {shed.map(({ cause, words, count, share }) => (
          <li key={cause}>
            {count.toLocaleString()} ({formatRate(share)}): {shownText(words)}
            {words !== cause && (
              <>
                {' '}
                <code>{shownText(cause)}</code>
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
