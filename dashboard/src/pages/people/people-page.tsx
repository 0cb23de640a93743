import { Page } from '../../elements/page.tsx';

/** To be written. */
export function PeoplePage() {
  return <Page title="People">…</Page>;
}
