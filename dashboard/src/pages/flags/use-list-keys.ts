import { type RefObject, useEffect } from 'react';
import type { FlagListHandle } from './flag-list.tsx';

const STEPS: { readonly [key: string]: number } = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: 10, PageUp: -10 };

/** `/` searches, arrows or j and k move from flag to flag; Enter is the link's own. */
export function useListKeys(search: RefObject<HTMLInputElement | null>, list: RefObject<FlagListHandle | null>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key === '/') {
        event.preventDefault();
        search.current?.focus();
        search.current?.select();
        return;
      }
      const step = STEPS[event.key];
      if (step === undefined) return;
      // Elsewhere the arrows scroll, as they always do.
      const isInList = document.activeElement?.closest('[data-index]') !== null;
      if (!isInList && event.key !== 'j' && event.key !== 'k') return;
      event.preventDefault();
      list.current?.move(step);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [search, list]);
}

/** In a field, or where a dialog or menu has keys of its own. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && target.type === 'checkbox') return false;
  return target.closest('input, textarea, select, [contenteditable], [role=dialog], [role=menu]') !== null;
}
