import { Button, Group, Text } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { shownText } from '../../../elements/shown-text.ts';
import { targetingLines } from '../../../elements/targeting-difference.ts';
import type { Flag } from '../../../server/flags.ts';
import type { Environment } from '../../../server/projects.ts';
import { bodyOf } from '../../../server/targeting-body.ts';
import type { Editing } from '../use-draft.ts';
import classes from './save.module.css';

const SaveDialog = lazy(() => import('./save-dialog.tsx').then(({ SaveDialog: dialog }) => ({ default: dialog })));

interface Props {
  readonly flag: Flag;
  readonly environment: Environment;
  readonly editing: Editing;
  readonly problems: ReadonlyMap<string, string>;
}

/** That something is not saved yet, and the way to save it. Always in view while it is so. */
export function SaveBar({ flag, environment, editing, problems }: Props) {
  const [isSaving, setSaving] = useState(false);
  const [isDiscarding, setDiscarding] = useState(false);
  if (!editing.isDirty) return null;
  const count = targetingLines(bodyOf(editing.base), editing.body).length;
  const [problem] = problems.values();
  return (
    <section className={classes.bar} aria-label="Unsaved changes" data-save-bar>
      <div role="status" className={classes.about}>
        <Text size="sm" fw={650}>
          {count} unsaved {count === 1 ? 'change' : 'changes'} in {shownText(environment.name || environment.key)}
        </Text>
        <Text size="xs" c={problem ? 'red.8' : 'dimmed'}>
          {problem ?? 'Nobody feels them until they are saved.'}
        </Text>
      </div>
      <Group gap="xs" wrap="nowrap">
        {isDiscarding ? (
          <>
            <Button
              size="sm"
              color="red.8"
              onClick={() => {
                editing.discard();
                setDiscarding(false);
              }}
            >
              Discard them
            </Button>
            <Button size="sm" variant="default" onClick={() => setDiscarding(false)}>
              Keep
            </Button>
          </>
        ) : (
          <>
            <Button size="sm" variant="default" onClick={() => setDiscarding(true)}>
              Discard
            </Button>
            <Button size="sm" disabled={problems.size > 0} onClick={() => setSaving(true)}>
              Review and save
            </Button>
          </>
        )}
      </Group>
      <Suspense>
        {isSaving && (
          <SaveDialog flag={flag} environment={environment} editing={editing} onClose={() => setSaving(false)} />
        )}
      </Suspense>
    </section>
  );
}
