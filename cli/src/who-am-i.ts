import { plain, table } from './output.ts';

/** The answer of `GET /me`. */
export interface Me {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly twoFactor: boolean | null;
  readonly grants: readonly {
    readonly role: string;
    readonly project: string | null;
    readonly environment: string | null;
  }[];
  readonly server: { readonly version: string };
}

/** The same in words. */
export function meText({ kind, name, email, grants, server }: Me, url: string): string {
  const who = email ? `${plain(name)} <${plain(email)}>` : plain(name);
  const rows = grants.map(({ role, project, environment }) => [role, project ?? 'all', environment ?? 'all']);
  return `${who} (${plain(kind)}) at ${url}, Dimmer ${plain(server.version)}\n\n${table(['role', 'project', 'environment'], rows)}`;
}
