import { Empty } from '../elements/empty.tsx';
import { useMe } from '../server/me.ts';

/** Somebody without any project that they may see. */
export function NoProject() {
  const { name, email } = useMe();
  return (
    <Empty title={`Welcome, ${name}`}>
      You have no role in any project yet. Ask an administrator to give you one{email ? ` under ${email}` : ''}; this
      page will change by itself.
    </Empty>
  );
}
