import { Page } from '../../elements/page.tsx';

/** To be written. */
export function FlagPage(_: { readonly project: string; readonly flag: string }) {
  return <Page title="Flag">…</Page>;
}
