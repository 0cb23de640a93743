import { lazy, Suspense, useState } from 'react';
import { shownText } from '../../../elements/shown-text.ts';
import { targetingLines } from '../../../elements/targeting-difference.ts';
import { UnsavedBar } from '../../../elements/unsaved-bar.tsx';
import type { Flag } from '../../../server/flags.ts';
import type { Environment } from '../../../server/projects.ts';
import { bodyOf } from '../../../server/targeting-body.ts';
import type { Editing } from '../use-draft.ts';

const SaveDialog = lazy(() => import('./save-dialog.tsx').then(({ SaveDialog: dialog }) => ({ default: dialog })));

interface Props {
  readonly flag: Flag;
  readonly environment: Environment;
  readonly editing: Editing;
  readonly problems: ReadonlyMap<string, string>;
  readonly isTried: boolean;
  /** Save was pressed while something is missing. */
  readonly onTried: () => void;
}

/** The bar of a flag that is being edited, and what it opens. */
export function SaveBar({ flag, environment, editing, problems, isTried, onTried }: Props) {
  const [isSaving, setSaving] = useState(false);
  if (!editing.isDirty) return null;
  const count = targetingLines(bodyOf(editing.base), editing.body).length;
  const [problem] = problems.values();
  const where = shownText(environment.name || environment.key);
  return (
    <>
      <UnsavedBar
        title={`${count} unsaved ${count === 1 ? 'change' : 'changes'} in ${where}`}
        problem={problem}
        isTried={isTried}
        onSave={() => (problem === undefined ? setSaving(true) : onTried())}
        onDiscard={editing.discard}
      />
      <Suspense>
        {isSaving && (
          <SaveDialog flag={flag} environment={environment} editing={editing} onClose={() => setSaving(false)} />
        )}
      </Suspense>
    </>
  );
}
