import { Button, Group, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { allUnsaved } from '../drafts/unsaved.ts';
import { Dialog } from '../elements/dialog.tsx';

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
 * Asks before what is typed on any page or in any dialog is left behind, by a link, the menu, the palette, the back
 * button, or closing the window. Where the browser cannot hold a step back, what is kept is there again when one comes
 * back.
 */
export function LeaveGuard() {
  const [leaving, setLeaving] = useState<(Leaving['destination'] & { readonly isBack: boolean }) | null>(null);
  const [isAllowed, setAllowed] = useState(false);
  useEffect(() => {
    const hasUnsaved = (): boolean => !isAllowed && allUnsaved().length > 0;
    const onClose = (event: BeforeUnloadEvent): void => {
      // Leaving while the question is open counts as an answer; what is kept is there again.
      const isAsked = leaving !== null && allUnsaved().every(({ isKept }) => isKept);
      if (hasUnsaved() && !isAsked) event.preventDefault();
    };
    const onLeave = (event: Event): void => {
      const { cancelable, destination, navigationType, downloadRequest } = event as Leaving;
      const isHere = new URL(destination.url).pathname === window.location.pathname;
      if (!cancelable || isHere || downloadRequest !== null || !destination.sameDocument || !hasUnsaved()) return;
      event.preventDefault();
      setLeaving({
        url: destination.url,
        key: destination.key,
        sameDocument: true,
        isBack: navigationType === 'traverse',
      });
    };
    const { navigation } = window as { navigation?: Navigations };
    window.addEventListener('beforeunload', onClose);
    navigation?.addEventListener('navigate', onLeave);
    return () => {
      window.removeEventListener('beforeunload', onClose);
      navigation?.removeEventListener('navigate', onLeave);
    };
  }, [isAllowed, leaving]);
  useEffect(() => {
    if (!isAllowed || leaving === null) return;
    const { navigation } = window as { navigation?: Navigations };
    if (leaving.isBack) navigation?.traverseTo(leaving.key);
    else history.pushState(null, '', leaving.url);
    setLeaving(null);
    setAllowed(false);
  }, [isAllowed, leaving]);
  if (leaving === null) return null;
  const unsaved = allUnsaved();
  const canKeep = unsaved.some(({ isKept }) => isKept);
  const isAllKept = unsaved.every(({ isKept }) => isKept);
  const go = (isKept: boolean): void => {
    if (!isKept) for (const each of unsaved) each.discard();
    setAllowed(true);
  };
  return (
    <Dialog onClose={() => setLeaving(null)} title="Leave with unsaved changes?" holds={() => false}>
      <Stack>
        <Text size="sm">
          What you changed in {unsaved.map(({ what }) => what).join(', ')} is not saved.
          {canKeep && isAllKept && ' Kept, it is here when you come back, in this window.'}
          {canKeep && !isAllKept && ' What you edited on the page can be kept until you come back; the dialog cannot.'}
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => setLeaving(null)} data-autofocus>
            Stay
          </Button>
          {canKeep && (
            <Button variant="default" onClick={() => go(true)}>
              Leave and keep them
            </Button>
          )}
          <Button color="red.8" onClick={() => go(false)}>
            Leave and discard
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
