import { Alert, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { ServerError } from '../api/request.ts';
import { fixForPeople } from '../sentences/fix-for-people.ts';
import { shownText } from '../sentences/shown-text.ts';
import { Instant } from './instant.tsx';

interface Props {
  readonly error: unknown;
  /** What failed, e.g. `The flag could not be created`. */
  readonly title?: string;
}

/** What went wrong and what to do about it, in the server's own words; and who was faster, if somebody was. */
export function Problem({ error, title }: Props) {
  const known = error instanceof ServerError ? error : null;
  const message = shownText(error instanceof Error ? error.message : String(error));
  const faster = known?.code === 'VERSION_CONFLICT' ? (known.details.current as Faster | undefined) : undefined;
  // The server's fix speaks to programs; here it is a press.
  const isProposable = known?.code === 'APPROVAL_REQUIRED' && known.details.nobodyElse !== true;
  const fix = isProposable
    ? 'Propose it: then somebody else can approve it.'
    : known && fixForPeople(known.code, known.fix);
  return (
    <Alert role="alert" color="red" icon={<IconAlertTriangle aria-hidden />} title={title ?? message}>
      {title !== undefined && <Text size="sm">{message}</Text>}
      {faster?.by !== undefined && faster.at !== undefined && (
        <Text size="sm">
          {shownText(faster.by)} was faster, <Instant at={faster.at} />
          {faster.reason ? `: “${shownText(faster.reason)}”` : ''}. Close this, look at what is there now, and do it
          again if it is still right.
        </Text>
      )}
      {faster === undefined && fix && <Text size="sm">{shownText(fix)}</Text>}
      {known && (
        <Text size="xs" c="dimmed" ff="monospace">
          {known.code}
        </Text>
      )}
    </Alert>
  );
}

/** Who made the version that stands now. */
interface Faster {
  readonly by?: string;
  readonly at?: number;
  readonly reason?: string | null;
}
