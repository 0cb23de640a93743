import { Link } from 'wouter';
import { useMe } from '../api/me.ts';
import { Page } from '../elements/page.tsx';
import { shownText } from '../sentences/shown-text.ts';

/** Somebody without any project that they may see. Who may kill may still do that. */
export function NoProject() {
  const { name, email, grants } = useMe();
  const killable = [
    ...new Set(grants.flatMap(({ role, project }) => (role === 'break-glass' && project ? [project] : []))),
  ];
  if (killable.length > 0) {
    return (
      <Page title={`Welcome, ${shownText(name)}`}>
        <p>You may kill flags, and nothing else.</p>
        <ul>
          {killable.map((project) => (
            <li key={project}>
              <Link href={`/projects/${encodeURIComponent(project)}/kill`}>Kill switch of {shownText(project)}</Link>
            </li>
          ))}
        </ul>
      </Page>
    );
  }
  return (
    <Page title={`Welcome, ${shownText(name)}`}>
      <p>
        You have no role in any project yet. Ask an administrator to give you one{email ? ` under ${email}` : ''}; this
        page will change by itself.
      </p>
    </Page>
  );
}
