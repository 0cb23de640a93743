import { ActionIcon } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { lazy, Suspense, useEffect, useState } from 'react';

const PaletteDialog = lazy(() => import('./palette-dialog.tsx').then(({ PaletteDialog: page }) => ({ default: page })));

const OPEN = 'dimmer:palette';

/** Opens the palette for those who do not know the keys. */
export function PaletteButton() {
  return (
    <ActionIcon
      variant="default"
      size="lg"
      aria-label="Search flags and pages (Ctrl K)"
      onClick={() => window.dispatchEvent(new Event(OPEN))}
    >
      <IconSearch size={18} aria-hidden />
    </ActionIcon>
  );
}

/** Ctrl K or ⌘ K: any flag, any page, by the keyboard. It is fetched when it is first wanted. */
export function Palette({ project }: { readonly project: string | null }) {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const open = (): void => setOpen(true);
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setOpen(true);
    };
    window.addEventListener(OPEN, open);
    window.addEventListener('keydown', onKey);
    return () => {
      window.removeEventListener(OPEN, open);
      window.removeEventListener('keydown', onKey);
    };
  }, []);
  return <Suspense>{isOpen && <PaletteDialog project={project} onClose={() => setOpen(false)} />}</Suspense>;
}
