import type { Change } from '../api/changes.ts';
import type { Written } from '../api/write.ts';
import classes from './change-item.module.css';
import { ChangeItem } from './change-item.tsx';

interface Props {
  readonly changes: readonly Change[];
  readonly label: string;
  readonly isProjectShown?: boolean;
  readonly onReverted?: (change: Change, written: Written) => void;
}

/** Changes, newest first. */
export function ChangeList({ changes, label, isProjectShown = false, onReverted }: Props) {
  return (
    <ul className={classes.list} aria-label={label}>
      {changes.map((change) => (
        <ChangeItem
          key={change.revision}
          change={change}
          isProjectShown={isProjectShown}
          {...(onReverted && { onReverted: (written: Written) => onReverted(change, written) })}
        />
      ))}
    </ul>
  );
}
