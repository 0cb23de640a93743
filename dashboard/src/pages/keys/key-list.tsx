import { Button, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Key, type Minted, revokeKey } from '../../api/keys.ts';
import { queryKeys } from '../../api/query-keys.ts';
import classes from '../../elements/card-list.module.css';
import { ReasonDialog } from '../../elements/reason-dialog.tsx';
import { shownText } from '../../sentences/shown-text.ts';
import { KeyCard } from './key-card.tsx';
import { RotateDialog } from './rotate-dialog.tsx';

interface Props {
  readonly label: string;
  readonly keys: readonly Key[];
  readonly isProtected: (environment: string | null) => boolean;
  readonly onMinted: (minted: Minted) => void;
}

interface Asking {
  readonly act: 'rotate' | 'revoke';
  readonly about: Key;
}

/** Keys that work; behind a press, those that no longer do. */
export function KeyList({ label, keys, isProtected, onMinted }: Props) {
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState<Asking | null>(null);
  const [showsDead, setShowsDead] = useState(false);
  const live = keys.filter(({ status }) => status === 'live');
  const dead = keys.length - live.length;
  const shown = showsDead ? keys : live;
  return (
    <Stack gap="xs">
      {live.length === 0 && !showsDead && <Text size="sm">None of them works any longer.</Text>}
      {shown.length > 0 && (
        <ul className={classes.list} aria-label={label}>
          {shown.map((each) => (
            <KeyCard
              key={each.selector}
              shown={each}
              onRotate={() => setAsking({ act: 'rotate', about: each })}
              onRevoke={() => setAsking({ act: 'revoke', about: each })}
            />
          ))}
        </ul>
      )}
      {dead > 0 && (
        <div>
          <Button variant="subtle" size="compact-sm" px={0} onClick={() => setShowsDead(!showsDead)}>
            {showsDead ? 'Hide those that have ended' : `Show ${dead} that ${dead === 1 ? 'has' : 'have'} ended`}
          </Button>
        </div>
      )}
      {asking?.act === 'rotate' && (
        <RotateDialog
          rotated={asking.about}
          isProtected={isProtected(asking.about.environment)}
          onMinted={onMinted}
          onClose={() => setAsking(null)}
        />
      )}
      {asking?.act === 'revoke' && (
        <ReasonDialog
          title={`Revoke ${shownText(asking.about.name || asking.about.selector)}?`}
          act="Revoke"
          isDestructive
          reason={isProtected(asking.about.environment) ? 'required' : 'optional'}
          quickReasons={['It has leaked', 'Not used any more', 'Replaced']}
          onAct={async (reason) => {
            await revokeKey(asking.about.selector, reason);
            await queryClient.invalidateQueries({ queryKey: queryKeys.credentials });
          }}
          onClose={() => setAsking(null)}
        >
          <Text size="sm">
            It ends at once and for ever, and so do the streams that were opened with it. SDKs that have it go on
            deciding by the rules they hold, and hear of no more changes.
          </Text>
        </ReasonDialog>
      )}
    </Stack>
  );
}
