import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import classes from './unsaved-bar.module.css';

interface Props {
  readonly title: string;
  /** What is missing before it can be saved. */
  readonly problem?: string | undefined;
  /** Somebody has tried to save it all the same. */
  readonly isTried?: boolean;
  readonly onSave: () => void;
  readonly onDiscard: () => void;
}

/**
 * That something is not saved yet, and the way to save it. It stays at the foot of the window while the page above it
 * grows, so that a press lands where it was meant to.
 */
export function UnsavedBar({ title, problem, isTried = false, onSave, onDiscard }: Props) {
  const [isDiscarding, setDiscarding] = useState(false);
  const discard = (): void => {
    setDiscarding(false);
    onDiscard();
  };
  return (
    <section className={classes.bar} aria-label="Unsaved changes" data-save-bar>
      <div role="status" className={classes.about}>
        <Text size="sm" fw={650}>
          {title}
        </Text>
        <Text size="xs" c={problem && isTried ? 'red.8' : 'dimmed'}>
          {problem ?? 'Not live yet.'}
        </Text>
      </div>
      <Group gap="xs" wrap="nowrap">
        {isDiscarding ? (
          <>
            <Button size="sm" color="red.8" onClick={discard}>
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
            <Button size="sm" onClick={onSave}>
              Review and save
            </Button>
          </>
        )}
      </Group>
    </section>
  );
}
