import { Page } from '../../elements/page.tsx';

/** To be written. */
export function SegmentsPage(_: { readonly project: string }) {
  return <Page title="Segments">…</Page>;
}
