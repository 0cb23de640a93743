import { Page } from '../../elements/page.tsx';

/** To be written. */
export function SignInPage() {
  return <Page title="Sign in">…</Page>;
}
