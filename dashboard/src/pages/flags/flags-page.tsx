import { Page } from '../../elements/page.tsx';

/** To be written. */
export function FlagsPage(_: { readonly project: string }) {
  return <Page title="Flags">…</Page>;
}
