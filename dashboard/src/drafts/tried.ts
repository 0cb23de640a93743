import { createContext, useContext } from 'react';

/**
 * Whether somebody has tried to save what stands here. Before, a field says that it is wrong only once it was left: nobody
 * wants to be told off before they have begun.
 */
export const Tried = createContext(false);

export function useTried(): boolean {
  return useContext(Tried);
}

/** To the first field that is wrong, or to what holds it, once both are drawn. */
export function showFirstProblem(): void {
  requestAnimationFrame(() => {
    const field = document.querySelector<HTMLElement>('[aria-invalid=true]');
    if (field) field.focus();
    else document.querySelector('[data-wrong=true]')?.scrollIntoView({ block: 'center' });
  });
}
