import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../../test/patience.ts';
import { readConfig } from '../src/config.ts';
import { startServer } from '../src/server.ts';
import { welcomeText } from '../src/welcome-text.ts';

const run = promisify(execFile);
const undo: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

describe('the first start', () => {
  it('prints lines that work when they are pasted into a shell', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dimmer-test-'));
    undo.push(() => rm(folder, { recursive: true, force: true }));
    // Without a configured admin token, so that it makes one.
    const outcome = readConfig({ PORT: '0', DATABASE_URL: `file:${folder}/dimmer.db`, DIMMER_DRAIN_MS: '0' });
    if (!outcome.ok) throw new Error('unexpected');
    let printed = '';
    const server = await startServer(outcome.config, {
      announce: (welcome, url) => {
        printed = welcomeText(welcome, url);
      },
    });
    undo.push(() => server.close());
    const lines = printed.split('\n').map((line) => line.trim());
    const exports = lines.filter((line) => line.startsWith('export '));
    const commands = lines.filter((line) => line.startsWith('curl -sS'));
    expect([exports.length, commands.length]).toEqual([3, 4]);
    const { stdout } = await run('bash', ['-c', [...exports, ...commands].join('\n')]);
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers.map(({ changed }) => changed)).toEqual([true, true, true, true]);
    expect(answers[2].document).toMatchObject({ on: false, killed: { reason: 'payments fail' } });
    expect(answers[3].document).toMatchObject({ on: true });
    expect(answers[3].document.killed).toBeUndefined();
    const [watch] = lines.filter((line) => line.startsWith('curl -N'));
    // It goes on until it is ended.
    const watched = spawn('bash', ['-c', [...exports, `exec ${watch} -s`].join('\n')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    undo.push(async () => watched.kill());
    let seen = '';
    watched.stdout.setEncoding('utf8').on('data', (text) => {
      seen += text;
    });
    await waitUntil('curl shows a snapshot', () => seen.includes('event: snapshot'));
    expect(printed).toContain(server.url);
  });
});
