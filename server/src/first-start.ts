import { mintLink } from './access/link.ts';
import { type MintedToken, mintToken } from './access/token.ts';
import type { ChangeLog } from './change-log/change-log.ts';
import type { Actor } from './changes/change.ts';
import type { Command } from './commands/command.ts';
import { createEnvironment } from './commands/environments.ts';
import { createInvitation, type LinkPurpose } from './commands/invitations.ts';
import { createKey, type KeyScope } from './commands/keys.ts';
import { invitationStatus } from './commands/open-links.ts';
import { createProject } from './commands/projects.ts';
import type { State } from './state/state.ts';

// Why: decision 0024.
const PROJECT = 'default';

/** None is protected: the first kill must not fail for want of a reason. `PATCH …/environments/production` protects it. */
const ENVIRONMENTS = ['development', 'staging', 'production'] as const;

/** The first person may do everything. */
const SET_UP: LinkPurpose = {
  purpose: 'set-up',
  email: null,
  person: null,
  grants: [{ role: 'admin', project: null, environment: null }],
};

const ACTOR: Actor = { kind: 'system', id: 'first-start', name: 'first start' };

/** The keys of one environment, as tokens. */
export interface EnvironmentKeys {
  readonly environment: string;
  readonly serverKey: string;
  readonly browserKey: string;
}

/** What was made, with tokens that are never shown again. */
export interface Welcome {
  readonly project: string;
  readonly environments: readonly EnvironmentKeys[];
  /** `null`: `DIMMER_ADMIN_TOKEN` is set, and no other was made. */
  readonly adminToken: string | null;
  /**
   * The person who opens it becomes the first one, an admin of everything. `null`: there was one, or people cannot sign
   * in.
   */
  readonly setUpLink: string | null;
}

interface FirstStartOptions {
  readonly hasConfiguredAdminToken: boolean;
  /** Where people reach the server; `null`: they cannot sign in. */
  readonly linkBase: string | null;
  /** Ms since 1970. */
  readonly now: () => number;
  /** Shows the tokens. Called before they are valid, by a few milliseconds. */
  readonly announce: (welcome: Welcome) => void;
}

/**
 * Makes what a new server needs to be of use: the project `default` with three environments, a key of each kind for
 * each, an admin token unless one is configured, and a link by which the first person comes in. Does nothing when that
 * has been done.
 *
 * The tokens are shown BEFORE they are committed. A server that dies in between has shown tokens that do not work and
 * shows others on its next start; the other way round it would hold an admin token that nobody has seen, and its owner
 * would be locked out.
 *
 * @returns what was made, or `null`
 */
export async function makeFirstStart(log: ChangeLog, options: FirstStartOptions): Promise<Welcome | null> {
  const keys = [...log.state.keys()];
  const needsAdmin = !options.hasConfiguredAdminToken && !keys.some(({ body }) => body.kind === 'admin');
  const isNew = keys.every(({ body }) => body.kind === 'admin') && [...log.state.projects()].every(isDefault);
  const { linkBase } = options;
  // Also if one was made and has expired, or was ended: without anybody there, nobody could make another.
  const needsLink = linkBase !== null && isEmpty(log.state.people()) && !hasOpenLink(log.state, options.now());
  if (!needsAdmin && !isNew && !needsLink) return null;

  if (isNew) await makeProject(log);
  const minted = isNew ? ENVIRONMENTS.map(mintKeys) : [];
  const admin = needsAdmin ? mintToken('admin') : null;
  const link = needsLink ? mintLink(linkBase) : null;
  const welcome: Welcome = {
    project: PROJECT,
    environments: minted.map(({ environment, server, browser }) => ({
      environment,
      serverKey: server.text,
      browserKey: browser.text,
    })),
    adminToken: admin?.text ?? null,
    setUpLink: link?.url ?? null,
  };
  options.announce(welcome);
  for (const { environment, server, browser } of minted) {
    await run(log, keyCommand({ kind: 'server', project: PROJECT, environment }, server));
    await run(log, keyCommand({ kind: 'browser', project: PROJECT, environment }, browser));
  }
  if (link !== null) await run(log, createInvitation(SET_UP, link));
  // Last: as long as it is missing, the next start begins again.
  if (admin !== null) await run(log, keyCommand({ kind: 'admin', project: null, environment: null }, admin));
  return welcome;
}

function hasOpenLink(state: State, now: number): boolean {
  return [...state.invitations()].some(({ body }) => invitationStatus(body, now) === 'open');
}

function isEmpty(items: Iterable<unknown>): boolean {
  for (const _ of items) return false;
  return true;
}

function isDefault({ id }: { readonly id: string }): boolean {
  return id === PROJECT;
}

async function makeProject(log: ChangeLog): Promise<void> {
  if (log.state.project(PROJECT) === undefined) await run(log, createProject({ key: PROJECT, name: 'Default' }));
  for (const key of ENVIRONMENTS) {
    if (log.state.environment(PROJECT, key) === undefined) await run(log, createEnvironment(PROJECT, { key }));
  }
}

function mintKeys(environment: string) {
  return { environment, server: mintToken('server'), browser: mintToken('browser') };
}

/** The name stands in the history beside what the key did, so the first admin is called what it is. */
function keyCommand(scope: KeyScope, { selector, secretHash }: MintedToken): Command {
  const name = scope.environment === null ? 'admin' : `${scope.environment} ${scope.kind} key`;
  return createKey(scope, { name }, { selector, secretHash });
}

async function run(log: ChangeLog, command: Command): Promise<void> {
  const outcome = await log.execute(command, { actor: ACTOR });
  if (!outcome.ok) throw new Error(`The first start could not ${command.name}: ${outcome.refusal.message}`);
}
