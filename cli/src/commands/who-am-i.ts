import type { Me } from '@dimmer/contract';
import { plain, table } from '../text/output.ts';

/** The answer of `GET /me` in words. */
export function meText({ kind, name, email, grants, server }: Me, url: string): string {
  const who = email ? `${plain(name)} <${plain(email)}>` : plain(name);
  const rows = grants.map(({ role, project, environment }) => [role, project ?? 'all', environment ?? 'all']);
  return `${who} (${plain(kind)}) at ${url}, Dimmer ${plain(server.version)}\n\n${table(['role', 'project', 'environment'], rows)}`;
}
