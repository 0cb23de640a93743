import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresCluster } from '../../server/test/postgres/postgres-cluster.ts';
import { Browser } from '../../server/test/sign-in/browser.ts';
import { discardBundle, ServerProcess } from '../faults/server-process.ts';
import { composeFile, madeEnv, root } from './compose-file.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const EMAIL = 'root@intranet';

describe('What the compose file says of two nodes, started as processes', () => {
  let cluster: PostgresCluster;
  const nodes: ServerProcess[] = [];
  const env = madeEnv();

  beforeAll(async () => {
    cluster = await PostgresCluster.start();
    const { services } = composeFile(env);
    const database = await cluster.createDatabase();
    for (const name of ['node-a', 'node-b']) {
      // Names of the network of containers, and a port that may be taken here.
      const { DATABASE_URL: _1, PORT: _2, HOST: _3, ...settings } = services[name]?.environment ?? {};
      const node = new ServerProcess(database, { ...settings, HOST: '127.0.0.1' });
      await node.start();
      nodes.push(node);
    }
  });
  afterAll(async () => {
    for (const node of nodes) await node.stop();
    await discardBundle();
    await cluster?.stop();
  });

  it('lets the first administrator in by the link in the log, which leads to the balancer', async () => {
    const said = nodes.map(({ output }) => output).join('\n');
    const links = [...said.matchAll(/(http\S+)\/link#(\S+)/g)];
    // Of several nodes one makes it.
    expect(links).toHaveLength(1);
    expect(links[0]?.[1]).toBe('http://localhost:4401');
    expect(said).not.toContain(env.DIMMER_ADMIN_TOKEN);
    const [a, b] = nodes as [ServerProcess, ServerProcess];
    const browser = new Browser(a);
    const link = links[0]?.[0] ?? '';
    expect((await browser.accept(link, { email: EMAIL, name: 'Root' })).status).toBe(200);
    // A session of one is a session of the other.
    const elsewhere = new Browser(b).take(browser.cookies);
    expect((await elsewhere.get('/api/v1/me')).body).toMatchObject({ email: EMAIL, grants: [{ role: 'admin' }] });
    expect((await new Browser(b).signIn(EMAIL)).status).toBe(200);
    for (const node of nodes) expect(node.log).not.toMatch(/cannot sign in|Links lead to/);
  });

  it('takes the admin token of .env at every node', async () => {
    for (const node of nodes) {
      const admin = new Browser(node, { authorization: `Bearer ${env.DIMMER_ADMIN_TOKEN}` });
      expect((await admin.get('/api/v1/me')).status).toBe(200);
    }
  });
});

describe('What docs/operations.md says of a backup', () => {
  it('copies the database of a running container by what the image has', async () => {
    const found = /`docker compose exec dimmer node server\/dist\/main\.js (backup [^`]+)`/.exec(
      read('docs/operations.md'),
    );
    const words = (found?.[1] ?? '').split(' ');
    const folder = mkdtempSync(join(tmpdir(), 'dimmer-backup-'));
    const { services } = composeFile(madeEnv());
    const inFolder = (text: string) => text.replaceAll('/data/', `${folder}/`);
    const { DATABASE_URL = '', PORT: _1, HOST: _2, ...settings } = services.dimmer?.environment ?? {};
    const server = new ServerProcess(inFolder(DATABASE_URL).replace('file:', ''), { ...settings, HOST: '127.0.0.1' });
    try {
      await server.start();
      const said = await server.run(...words.map(inFolder));
      expect(said).toContain(`Copied ${folder}/dimmer.db to ${folder}/backup.db`);
      // The secret is in .env, not beside the database.
      expect(readdirSync(folder).filter((name) => name.startsWith('backup'))).toEqual(['backup.db']);
      const copy = new Sqlite(join(folder, 'backup.db'), { readonly: true });
      expect(copy.prepare("SELECT count(*) FROM documents WHERE kind = 'project'").pluck().get()).toBe(1);
      copy.close();
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
