import { Page } from '../../elements/page.tsx';

/** To be written. */
export function LinkPage() {
  return <Page title="Welcome">…</Page>;
}
