import { Page } from '../../elements/page.tsx';

/** To be written. */
export function SegmentPage(_: { readonly project: string; readonly segment: string }) {
  return <Page title="Segment">…</Page>;
}
