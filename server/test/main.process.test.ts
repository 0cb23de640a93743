import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { builtServer } from '../../test/built.ts';
import { waitUntil } from '../../test/patience.ts';
import { RawStream } from './hub/raw-stream.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dimmer-main-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** The server as a process of its own, and what it has said. */
async function run(env: Record<string, string>) {
  const child: ChildProcess = spawn(process.execPath, [await builtServer()], {
    env: { PATH: process.env.PATH, PORT: '0', ...env },
  });
  const said = { out: '', err: '' };
  child.stdout?.on('data', (text) => {
    said.out += text;
  });
  child.stderr?.on('data', (text) => {
    said.err += text;
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, said, ended };
}

describe('the process', () => {
  it('says everything that is wrong with its settings, and ends with 1', async () => {
    const { said, ended } = await run({ PORT: 'http', DATABASE_URL: 'postgres://db', DIMMER_ADMIN_TOKEN: 'short' });
    expect(await ended).toBe(1);
    expect(said.err).toContain('PORT must be a whole number');
    expect(said.err).toContain('DATABASE_URL must be written as postgres://user:password@host:5432/database');
    expect(said.err).toContain('DIMMER_ADMIN_TOKEN must be 20 to 200');
    expect(said.err).not.toContain('    at ');
  });

  it('greets, logs without secrets, sends its streams away on SIGTERM, ends with 0, and is short the next time', async () => {
    const database = { DATABASE_URL: `file:${folder}/dimmer.db`, DIMMER_LOG_FORMAT: 'json' };
    const first = await run(database);
    await vi.waitFor(() => expect(first.said.err).toContain('Listening'));
    const url = /export DIMMER_URL=(\S+)/.exec(first.said.out)?.[1];
    const token = /export DIMMER_ADMIN_TOKEN=(\S+)/.exec(first.said.out)?.[1] as string;
    const key = /export DIMMER_KEY=(\S+)/.exec(first.said.out)?.[1] as string;
    const stream = await RawStream.open(`${url}/sdk/v1/stream`, { authorization: `Bearer ${key}` });
    await vi.waitFor(() => expect(stream.named('ping')).toHaveLength(1));
    await fetch(`${url}/sdk/v1/stream?key=${key}`);
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(stream.last?.event).toBe('goodbye');
    for (const line of first.said.err.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('message');
    for (const secret of [key, token]) expect(first.said.err).not.toContain(secret.slice(-43));

    const second = await run(database);
    await vi.waitFor(() => expect(second.said.out).toContain('Dimmer listens on'));
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
    expect(second.said.out).not.toMatch(/adm_|sdk_/);
  });

  it.runIf(process.platform === 'linux')('rests when nobody reads what it says', async () => {
    const { child, said, ended } = await run({ DATABASE_URL: `file:${folder}/unread.db` });
    await vi.waitFor(() => expect(said.err).toContain('Listening'));
    const url = /url="([^"]+)"/.exec(said.err)?.[1];
    const key = /export DIMMER_KEY=(\S+)/.exec(said.out)?.[1];
    child.stdout?.destroy();
    child.stderr?.destroy();
    // A server key in an address is a warning in the log.
    expect((await fetch(`${url}/sdk/v1/stream?key=${key}`)).status).toBe(403);
    // Who works is found running, or waiting for a processor, each time; however busy that is with others.
    let rests = 0;
    await waitUntil('the process sleeps thirty times in a row', async () => {
      rests = (await isAsleep(child.pid as number)) ? rests + 1 : 0;
      return rests === 30;
    });
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });
});

async function isAsleep(pid: number): Promise<boolean> {
  return (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.[0] === 'S';
}
