import { Button, Text } from '@mantine/core';
import { useState } from 'react';
import type { Flag } from '../../api/flags.ts';
import { useMay } from '../../api/me.ts';
import type { Environment } from '../../api/projects.ts';
import type { BulkAct } from './bulk-acts.ts';
import classes from './bulk-bar.module.css';
import { BulkDialog } from './bulk-dialog.tsx';

interface Props {
  readonly project: string;
  readonly flags: readonly Flag[];
  readonly environments: readonly Environment[];
  readonly onClear: () => void;
  /** With the keys of those that failed. */
  readonly onLeft: (keys: readonly string[]) => void;
}

/** What can be done to all flags that are selected. */
export function BulkBar({ project, flags, environments, onClear, onLeft }: Props) {
  const [act, setAct] = useState<BulkAct | null>(null);
  const may = useMay();
  const mayWrite = may('write', project, null);
  const killable = environments.filter(({ key }) => may('kill', project, key));
  const button = (name: string, what: BulkAct, isDestructive = false) => (
    <Button
      size="xs"
      variant="default"
      {...(isDestructive && { c: 'light-dark(#b02525, #ff8a8a)' })}
      onClick={() => setAct(what)}
    >
      {name}
    </Button>
  );
  return (
    <section className={classes.bar} aria-label="Selected flags">
      <Text size="sm" fw={650} role="status" me="xs">
        {flags.length} selected
      </Text>
      {mayWrite && button('Add tag', 'add-tag')}
      {mayWrite && button('Remove tag', 'remove-tag')}
      {mayWrite && flags.some(({ archived }) => !archived) && button('Archive', 'archive')}
      {mayWrite && flags.some(({ archived }) => archived) && button('Unarchive', 'unarchive')}
      {killable.length > 0 && button('Kill …', 'kill', true)}
      <Button size="xs" variant="subtle" onClick={onClear}>
        Clear
      </Button>
      {act && (
        <BulkDialog
          act={act}
          flags={flags}
          environments={act === 'kill' ? killable : environments}
          onClose={(failed) => {
            setAct(null);
            if (failed) onLeft(failed);
          }}
        />
      )}
    </section>
  );
}
