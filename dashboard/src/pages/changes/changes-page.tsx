import { Page } from '../../elements/page.tsx';

/** To be written. */
export function ChangesPage(_: { readonly project: string | null }) {
  return <Page title="Changes">…</Page>;
}
