import { Page } from '../../elements/page.tsx';

/** To be written. */
export function KeysPage(_: { readonly project: string }) {
  return <Page title="Keys">…</Page>;
}
