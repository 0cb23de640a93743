import { Button, Group, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Dialog } from '../../elements/dialog.tsx';
import { draftName, draftsOf, keepDraft } from './drafts.ts';

interface Props {
  readonly project: string;
  readonly flag: string;
  readonly environments: readonly string[];
}

/** The part of the browser's navigation that is used here; not all know it yet. */
interface Navigations extends EventTarget {
  traverseTo(key: string): unknown;
  navigate(url: string): unknown;
}

interface Leaving extends Event {
  readonly cancelable: boolean;
  readonly navigationType: string;
  readonly downloadRequest: string | null;
  readonly destination: { readonly url: string; readonly key: string; readonly sameDocument: boolean };
}

/**
 * Asks before unsaved edits are left behind, by a link, the back button, or closing the window. Where the browser cannot
 * hold a step back, they stay in storage and are there again when one comes back.
 */
export function LeaveGuard({ project, flag, environments }: Props) {
  const [leaving, setLeaving] = useState<(Leaving['destination'] & { readonly isBack: boolean }) | null>(null);
  const [isAllowed, setAllowed] = useState(false);
  const unsaved = (): readonly string[] => draftsOf(project, flag, environments);
  useEffect(() => {
    const hasUnsaved = (): boolean => !isAllowed && draftsOf(project, flag, environments).length > 0;
    const onClose = (event: BeforeUnloadEvent): void => {
      if (hasUnsaved()) event.preventDefault();
    };
    const onLeave = (event: Event): void => {
      const { cancelable, destination, navigationType, downloadRequest } = event as Leaving;
      const isHere = new URL(destination.url).pathname === window.location.pathname;
      if (!cancelable || isHere || downloadRequest !== null || !destination.sameDocument || !hasUnsaved()) return;
      event.preventDefault();
      setLeaving({
        ...{ url: destination.url, key: destination.key, sameDocument: true, isBack: navigationType === 'traverse' },
      });
    };
    const { navigation } = window as { navigation?: Navigations };
    window.addEventListener('beforeunload', onClose);
    navigation?.addEventListener('navigate', onLeave);
    return () => {
      window.removeEventListener('beforeunload', onClose);
      navigation?.removeEventListener('navigate', onLeave);
    };
  }, [project, flag, environments, isAllowed]);
  useEffect(() => {
    if (!isAllowed || leaving === null) return;
    const { navigation } = window as { navigation?: Navigations };
    if (leaving.isBack) navigation?.traverseTo(leaving.key);
    else {
      history.pushState(null, '', leaving.url);
    }
  }, [isAllowed, leaving]);
  if (leaving === null) return null;
  const go = (isKept: boolean): void => {
    if (!isKept) for (const environment of unsaved()) keepDraft(draftName({ project, flag, environment }), null);
    setAllowed(true);
  };
  return (
    <Dialog onClose={() => setLeaving(null)} title="Leave with unsaved changes?">
      <Stack>
        <Text size="sm">
          Your changes in {unsaved().join(', ')} are not saved. Kept, they are here when you come back, in this window.
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => setLeaving(null)} data-autofocus>
            Stay
          </Button>
          <Button variant="default" onClick={() => go(true)}>
            Leave and keep them
          </Button>
          <Button color="red.8" onClick={() => go(false)}>
            Leave and discard
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
