import { Page } from '../../elements/page.tsx';

/** To be written. */
export function InstancesPage(_: { readonly project: string }) {
  return <Page title="Instances">…</Page>;
}
