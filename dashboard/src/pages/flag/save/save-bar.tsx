import { lazy, Suspense, useState } from 'react';
import type { Flag } from '../../../api/flags.ts';
import type { Environment } from '../../../api/projects.ts';
import { bodyOf } from '../../../api/targeting-body.ts';
import { UnsavedBar } from '../../../drafts/unsaved-bar.tsx';
import { targetingLines } from '../../../history/targeting-difference.ts';
import { shownText } from '../../../sentences/shown-text.ts';
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
