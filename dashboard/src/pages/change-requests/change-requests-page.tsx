import { Page } from '../../elements/page.tsx';

/** To be written. */
export function ChangeRequestsPage(_: { readonly project: string }) {
  return <Page title="Change requests">…</Page>;
}
