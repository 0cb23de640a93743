import { Alert, Button, Stack, Text, Title } from '@mantine/core';
import { IconGitMerge } from '@tabler/icons-react';
import { Dialog } from '../../../elements/dialog.tsx';
import { DialogFooter } from '../../../elements/dialog-footer.tsx';
import { Instant } from '../../../elements/instant.tsx';
import { shownText } from '../../../sentences/shown-text.ts';
import { mergeTargeting } from '../merge-targeting.ts';
import type { Editing } from '../use-draft.ts';
import type { Theirs } from './conflict-in.ts';
import { TargetingChange } from './targeting-change.tsx';

interface Props {
  readonly editing: Editing;
  readonly theirs: Theirs;
  /** The edits now stand on the newer version. */
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Two people have edited one targeting: both versions, and the three ways to go on. Nothing is lost by looking. */
export function Conflict({ editing, theirs, onDone, onClose }: Props) {
  const { base, body, discard, rebase } = editing;
  const { targeting, by, at, reason } = theirs;
  const { body: merged, overlaps } = mergeTargeting(base, body, targeting);
  const who = shownText(by ?? 'Somebody');
  return (
    <Dialog
      onClose={onClose}
      size="lg"
      title="Somebody else was faster"
      // What was edited is kept by the page, whichever way one goes on.
      holds={() => false}
    >
      <Stack>
        <Text>
          {who} changed this{at !== null && ' '}
          {at !== null && <Instant at={at} />} while you were editing
          {reason ? `, because “${shownText(reason)}”` : ''}. Yours is not saved, and still here.
        </Text>
        <div>
          <Title order={3} size="sm" mb={4}>
            What {who} changed
          </Title>
          <TargetingChange before={base} after={targeting} />
        </div>
        <div>
          <Title order={3} size="sm" mb={4}>
            What you changed
          </Title>
          <TargetingChange before={base} after={body} />
        </div>
        <Alert color={overlaps.length === 0 ? 'green' : 'orange'} icon={<IconGitMerge aria-hidden />}>
          {overlaps.length === 0
            ? 'They do not touch each other: kept on top, yours and theirs both hold.'
            : `Both of you changed: ${overlaps.map(shownText).join(', ')}. Kept on top, yours holds there; all else of theirs stays.`}
        </Alert>
        <DialogFooter>
          <Button variant="default" onClick={onClose}>
            Go on editing
          </Button>
          <Button
            variant="default"
            onClick={() => {
              discard();
              onDone();
              onClose();
            }}
          >
            Take theirs
          </Button>
          <Button
            onClick={() => {
              rebase(targeting, merged);
              onDone();
            }}
          >
            Keep mine on top
          </Button>
        </DialogFooter>
      </Stack>
    </Dialog>
  );
}
