import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@dimmer/node';
import Sqlite from 'better-sqlite3';
import type { Fault } from './fault.ts';
import { onStage } from './fault-stage.ts';
import { History } from './history.ts';
import { waitUntil } from './waiting.ts';

const SIZES = {
  short: { rounds: 1, applications: 10, streams: 5 },
  long: { rounds: 5, applications: 200, streams: 100 },
} as const;
const FLAGS = 6;
const BEFORE = 20;
const AFTER = 50;
const CONVERGE_MS = 60_000;
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

export const restoredBackup: Fault = {
  id: 'F6',
  sentence: 'after a backup was restored under running clients, all of them have the restored state within a minute',
  run: (size, say) =>
    onStage({ streams: SIZES[size].streams }, async (stage, findings) => {
      const { rounds, applications, streams } = SIZES[size];
      const backups = await mkdtemp(join(tmpdir(), 'dimmer-backup-'));
      const history = new History(stage.admin, FLAGS);
      const { url } = stage.server;
      const clients = Array.from({ length: applications }, (_, index) =>
        createClient({ url, key: stage.key, instance: `app-${index}`, cache: false, logger: SILENT }),
      );
      for (const client of clients)
        client.on('change', ({ id }) => history.saw(id, (flag) => client.value(flag, 'none'), 'an SDK'));
      for (const follower of stage.followers)
        follower.onApplied = ({ id, flags }) => history.saw(id, (flag) => servedBy(flags[flag]), 'a stream');
      const at = (id: string) =>
        clients.filter((client) => client.status().id === id).length +
        stage.followers.filter((follower) => follower.id === id).length;
      const everybody = applications + streams;
      let recoveredInMs = 0;
      try {
        await Promise.all(clients.map((client) => client.ready()));
        await history.begin();
        for (let round = 1; round <= rounds; round += 1) {
          const backup = join(backups, `${round}.db`);
          for (let each = 0; each < BEFORE; each += 1) await history.write();
          await backUp(stage.database, backup);
          const backedUp = history.mark();
          for (let each = 0; each < AFTER; each += 1) await history.write();
          const abandoned = history.id;
          findings.expect(
            (await waitUntil(() => at(abandoned) === everybody, CONVERGE_MS)) !== null,
            'not all followed',
          );
          say(
            `round ${round}: backup at ${backedUp.id}; ${at(abandoned)} of ${everybody} clients follow to ${abandoned}`,
          );

          await stage.server.stop();
          for (const end of ['', '-wal', '-shm']) await rm(stage.database + end, { force: true });
          await copyFile(backup, stage.database);
          await stage.server.start();
          const from = performance.now();
          history.goBack(backedUp);
          say(`round ${round}: the backup is in place, the server listens`);
          // By turns: nothing happens afterwards; or others write until there are the same revisions with another history.
          if (round % 2 === 1) for (let each = 0; each < AFTER; each += 1) await history.write();
          const target = history.id;
          const took = await waitUntil(() => at(target) === everybody, CONVERGE_MS);
          const allMs = Math.round(performance.now() - from);
          const reached = `round ${round}: ${at(target)} of ${everybody} after ${allMs} ms`;
          findings.expect(took !== null, reached);
          findings.expectInTime(allMs <= CONVERGE_MS, reached);
          recoveredInMs = Math.max(recoveredInMs, allMs);
          say(`round ${round}: ${at(target)} of ${everybody} clients at ${target}, ${allMs} ms after the start`);
          if (round % 2 === 1)
            findings.expect(sameRevision(target, abandoned), `${target} should be the revision of ${abandoned}`);

          const rules = JSON.stringify((await ruleset(url, stage.key)).flags);
          const wrong = stage.followers.filter(
            ({ flags }) => JSON.stringify(sorted(flags)) !== JSON.stringify(sorted(JSON.parse(rules))),
          );
          findings.expect(
            wrong.length === 0,
            `round ${round}: ${wrong.length} streams hold other rules than the server`,
          );
          const served = clients.filter((client) => history.serves(target, (flag) => client.value(flag, 'none')));
          findings.expect(
            served.length === applications,
            `round ${round}: ${applications - served.length} SDKs decide otherwise`,
          );
        }
        const mixed = history.mixed();
        for (const each of mixed) findings.expect(false, each);
        findings.note(
          `${history.looks} states of clients compared with the history that their ids name; ${mixed.length} were mixed`,
        );
        return {
          tried: `${rounds} restores, each ${AFTER} revisions back, under ${applications} SDKs and ${streams} streams`,
          lost: mixed.length,
          recoveredInMs,
        };
      } finally {
        await Promise.all(clients.map((client) => client.close()));
        await rm(backups, { recursive: true, force: true });
      }
    }),
};

/** As docs/operations.md says, while the server runs. */
async function backUp(database: string, to: string): Promise<void> {
  const sqlite = new Sqlite(database, { readonly: true });
  try {
    await sqlite.backup(to);
  } finally {
    sqlite.close();
  }
}

/** What a flag of this test serves to everybody, out of its rules as they travel. */
function servedBy(flag: unknown): string {
  if (flag === undefined) return 'none';
  const { fallthrough, variations } = flag as {
    fallthrough: { variation: string };
    variations: { key: string; value: string }[];
  };
  return variations.find(({ key }) => key === fallthrough.variation)?.value ?? 'none';
}

async function ruleset(url: string, key: string): Promise<{ flags: Record<string, unknown> }> {
  const response = await fetch(`${url}/sdk/v1/ruleset`, { headers: { authorization: `Bearer ${key}` } });
  return await response.json();
}

function sorted(flags: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(flags).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

function sameRevision(one: string, other: string): boolean {
  return one !== other && one.split('.')[0] === other.split('.')[0];
}
