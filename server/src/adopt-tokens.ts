import type { ChangeLog } from './change-log/change-log.ts';
import type { Actor } from './changes/change.ts';
import type { Command } from './commands/command.ts';
import { accept } from './commands/command.ts';
import { type Live, place } from './documents/document.ts';

const ACTOR: Actor = { kind: 'system', id: 'adopt-tokens', name: 'adopt tokens' };
/** A key is made, rotated, revoked: a handful of changes, of which the first made it. */
const MOST_CHANGES = 500;

/**
 * Finds whose the admin tokens are that earlier versions made without a word on that, and writes it down: the log knows
 * who asked for each. Costs nothing once it has been done.
 */
export async function adoptTokens(log: ChangeLog): Promise<void> {
  const orphans = [...log.state.keys()].filter(
    ({ body }) => body.kind === 'admin' && body.owner === undefined && body.revokedAt === null,
  );
  for (const key of orphans) {
    const outcome = await log.execute(adopt(key, await makerOf(log, key)), { actor: ACTOR });
    if (!outcome.ok) throw new Error(`A token could not be given to whoever made it: ${outcome.refusal.message}`);
  }
}

function adopt({ id, project, environment }: Live<'key'>, owner: string | null): Command {
  const about = place.key(id, project, environment);
  return {
    name: 'key.adopt',
    project,
    environment,
    subject: id,
    about,
    decide(state) {
      const found = state.key(id);
      return accept(found ? [{ ...about, body: { ...found.body, owner } }] : []);
    },
  };
}

/** The person who asked for a key, or the owner of the token that did; `null`: neither. */
async function makerOf(log: ChangeLog, { id }: Live<'key'>): Promise<string | null> {
  const { entries } = await log.history({ key: id, limit: MOST_CHANGES });
  const made = entries.at(-1);
  if (made?.actor.kind === 'person') return made.actor.id;
  return made?.actor.kind === 'token' ? (log.state.key(made.actor.id)?.body.owner ?? null) : null;
}
