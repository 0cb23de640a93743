import { Text } from '@mantine/core';
import type { Environment } from '../../api/projects.ts';

/** From here on people are warned, as the server does in the answers of writes. */
const LARGE_SHARE = 0.5;
const BYTES = 1024 * 1024;
const megabytes = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

/** How much of what an SDK takes an environment uses up; nothing while that is little. */
export function RulesetSize({ ruleset }: { readonly ruleset: Environment['ruleset'] | undefined }) {
  if (!ruleset || ruleset.bytes < LARGE_SHARE * ruleset.limitBytes) return null;
  const { bytes, limitBytes } = ruleset;
  const isOver = bytes > limitBytes;
  return (
    <Text size="sm" c={isOver ? 'red' : 'orange'} role="status">
      {`Its ruleset is ${megabytes.format(bytes / BYTES)} MiB; SDKs take ${megabytes.format(limitBytes / BYTES)}. `}
      {isOver
        ? 'It is too large: whoever starts now gets no rules. Archive flags, or shorten patterns, lists and values.'
        : 'What makes it larger than that is refused: archive flags that are done with, shorten patterns, lists and values.'}
    </Text>
  );
}
