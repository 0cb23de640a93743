import { Page } from '../../elements/page.tsx';

/** To be written. */
export function ChangeRequestPage(_: { readonly project: string; readonly request: string }) {
  return <Page title="Change request">…</Page>;
}
