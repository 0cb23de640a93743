import { Page } from '../../elements/page.tsx';

/** To be written. */
export function AccountPage() {
  return <Page title="Account and security">…</Page>;
}
