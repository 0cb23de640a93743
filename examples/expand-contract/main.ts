/**
 * Expand and contract: addresses move from the users table to one of their own, while requests never stop.
 *
 *   DIMMER_URL=http://127.0.0.1:4400 DIMMER_KEY=sdk_… DIMMER_ADMIN_TOKEN=adm_… npx tsx examples/expand-contract/main.ts
 *
 * Version 1 of the service knows one address, version 2 many. Both run side by side, on one database, behind a proxy; one
 * flag walks the stages of the migration, and at the end the old columns are gone.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Admin } from '../scenery/admin.ts';
import { Service } from '../scenery/service.ts';
import { copyAddresses } from './backfill.ts';
import { Load } from './load.ts';
import { ReverseProxy } from './proxy.ts';
import { BEFORE, CONTRACT, EXPAND, openDatabase } from './schema.ts';
import { seed } from './seeded.ts';
import { compareSides, countOf } from './sides.ts';
import { Stages } from './stages.ts';

const USERS = 600;
const PER_SECOND = 2_000;
/** Shadow reads without a difference, before the new table may answer. */
const ENOUGH_COMPARED = 300;

const folder = await mkdtemp(join(tmpdir(), 'expand-contract-'));
const DATABASE = join(folder, 'users.db');
const database = openDatabase(DATABASE);
const VERSION_1 = new URL('version-1.ts', import.meta.url);
const VERSION_2 = new URL('version-2.ts', import.meta.url);
const deploy = (version: URL) => Service.start(version, { DATABASE });
const inOneGo = (sql: string) => database.transaction(() => database.exec(sql)).immediate();

const from = Date.now();
const flag = await Admin.open('users-addresses', 'migration', { stage: 'off' });
database.exec(BEFORE);
const proxy = new ReverseProxy();
const load = new Load(await proxy.listen());
const old = await deploy(VERSION_1);
proxy.add(old);
load.start(seed(database, USERS, load.oracle));
const stages = new Stages(load);

await stages.during('version 1 alone', () => undefined);
inOneGo(EXPAND);
const [first, second] = await Promise.all([deploy(VERSION_2), deploy(VERSION_2)]);
proxy.add(first, second);
await stages.during('off, versions 1 and 2', () => undefined);
await stages.during('dual-write, backfill', async () => {
  // Not before everybody writes to both sides: what is written to the old one alone behind the copier's back is lost.
  await flag.applied(await flag.rollOut({ stage: 'dual-write' }));
  const interrupted = new AbortController();
  const begun = await copyAddresses(database, PER_SECOND, {
    signal: interrupted.signal,
    onProgress: ({ written, skipped }) => written + skipped >= USERS / 2 && interrupted.abort(),
  });
  const ended = await copyAddresses(database, PER_SECOND);
  const [copied, present] = [begun.written + ended.written, begun.skipped + ended.skipped];
  say(`backfill: ${copied} copied, ${present} there already; interrupted at user ${begun.cursor}, and resumed`);
});
await stages.during('shadow, and a deploy', async () => {
  await flag.applied(await flag.rollOut({ stage: 'shadow' }));
  // Of three processes one goes, and of its requests more than half are compared.
  await stages.requests(5 * ENOUGH_COMPARED);
  // A process may come and go at any stage. One that goes tells at once what it has seen; the others do so every 10 s.
  proxy.add(await deploy(VERSION_2));
  await proxy.retire(first);
  while ((await flag.compared(from)).of < ENOUGH_COMPARED) await delay(200);
});
say(await compareSides(database));
for (const percent of [10, 50, 100]) {
  await stages.during(`live, ${percent} %`, async () => {
    await flag.applied(await flag.rollOut({ stage: 'live', percent }));
  });
}
say(await compareSides(database));
await stages.during('ramp-down, version 1 leaves', async () => {
  await flag.applied(await flag.rollOut({ stage: 'ramp-down' }));
  await proxy.retire(old);
});
say(await compareSides(database));
await stages.during('complete', async () => {
  await flag.applied(await flag.rollOut({ stage: 'complete' }));
});
await stages.during('old columns go, many addresses', async () => {
  inOneGo(CONTRACT);
  load.givesWork = true;
  // One that has never seen the old columns.
  proxy.add(await deploy(VERSION_2));
  await proxy.retire(second);
});

await load.stop();
const { lost, different: changed } = await load.checkAll();
await proxy.close();
const columns = database.pragma('table_info(users)') as { name: string }[];
const rows = countOf(database, 'SELECT count(*) AS count FROM users');
const work = countOf(database, "SELECT count(*) AS count FROM addresses WHERE kind = 'work'");
database.close();
await rm(folder, { recursive: true });

say(`\n${stages}\n`);
const mismatches = await flag.compared(from);
say(`report: ${mismatches.of} shadow reads compared, ${mismatches.count} different`);
say(`columns of users: ${columns.map(({ name }) => name).join(', ')}`);
say(`${load.requests} requests, ${load.failures.length} failed, ${load.different.length} read what was not written`);
say(`${rows} rows of ${load.oracle.size} acknowledged, ${lost} lost, ${changed} different, ${work} second addresses`);
for (const problem of [...load.failures, ...load.different].slice(0, 5)) say(problem);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
