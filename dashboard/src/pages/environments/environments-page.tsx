import { Page } from '../../elements/page.tsx';

/** To be written. */
export function EnvironmentsPage(_: { readonly project: string }) {
  return <Page title="Environments">…</Page>;
}
