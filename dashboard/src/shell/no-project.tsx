import { Page } from '../elements/page.tsx';
import { useMe } from '../server/me.ts';

/** Somebody without any project that they may see. */
export function NoProject() {
  const { name, email } = useMe();
  return (
    <Page title={`Welcome, ${name}`}>
      <p>
        You have no role in any project yet. Ask an administrator to give you one{email ? ` under ${email}` : ''}; this
        page will change by itself.
      </p>
    </Page>
  );
}
