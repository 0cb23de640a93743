import { Page } from '../../elements/page.tsx';

/** To be written. */
export function KillPage(_: { readonly project: string }) {
  return <Page title="Kill switch">…</Page>;
}
