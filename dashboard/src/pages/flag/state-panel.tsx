import { percentOf } from '@dimmer/core/percent';
import { Alert, Stack, Switch } from '@mantine/core';
import type { Flag } from '../../api/flags.ts';
import { weightsOf } from '../../api/weights.ts';
import { Instant } from '../../elements/instant.tsx';
import { restoreSentence } from '../../sentences/flag-light.ts';
import { sentence, shownText } from '../../sentences/shown-text.ts';
import type { Editing } from './use-draft.ts';

interface Props {
  readonly flag: Flag;
  readonly editing: Editing;
  readonly mayOperate: boolean;
}

/** Whether the flag is on in this environment at all, and why all that stands below may count for nothing. */
export function StatePanel({ flag, editing, mayOperate }: Props) {
  const { base, body, edit } = editing;
  const { killed } = base;
  const restores = killed ? restoreWords(flag, base.environment, body) : null;
  const blockedBy = flag.environments.find((each) => each.environment === base.environment)?.blockedBy;
  return (
    <Stack gap="sm">
      <Switch
        size="md"
        label={body.on ? 'On' : killed ? 'Killed' : 'Off'}
        checked={body.on}
        disabled={!mayOperate || killed !== undefined}
        onChange={(event) => edit({ on: event.currentTarget.checked })}
      />
      {base.absent && (
        <Alert color="gray" title="Not served here yet">
          Applications get the default in their own code until a change here has been approved and applied.
        </Alert>
      )}
      {blockedBy && (
        <Alert color="orange" title={`Off for everyone: it needs ${shownText(blockedBy)}`}>
          As things stand nobody meets that prerequisite here, so everyone gets {shownText(base.off)}, whatever is set
          below.
        </Alert>
      )}
      {killed && (
        <Alert color="red" title={`Killed by ${shownText(killed.by)}`}>
          <Instant at={killed.at} />: {sentence(shownText(killed.reason))} Everyone gets {shownText(body.off)} until it
          is restored. {restores !== null && `${restores} `}Changes take effect after restore.
        </Alert>
      )}
    </Stack>
  );
}

/** With what is edited here and not saved yet. */
function restoreWords(flag: Flag, environment: string, { fallthrough, rules }: Editing['body']): string | null {
  const summary = flag.environments.find((each) => each.environment === environment);
  if (!summary) return null;
  const restores = {
    ...summary.restores,
    shares: [...weightsOf(fallthrough)].map(([variation, parts]) => ({ variation, percent: percentOf(parts) })),
  };
  return restoreSentence(flag, { killed: summary.killed, restores, rules: rules.length });
}
