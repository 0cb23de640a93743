import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createClient } from '@dimmer/node';
import { describe, expect, it } from 'vitest';
import { ADMIN_TOKEN, TestServer } from '../../server/test/running-server.ts';
import { builtCli } from '../built.ts';
import { FENCED_BLOCKS, type FencedBlock, placeOf, root } from './fenced-blocks.ts';

/** Addresses that stand for the reader's own. */
const YOURS = /https:\/\/flags\.example\.com/g;

/** What a document takes for granted before its first block: that there is a flag, a project, an instance. */
const GIVEN: Readonly<Record<string, string>> = {
  'docs/cli.md': 'dimmer flags create new-checkout',
  'docs/runbook.md': 'dimmer flags create new-checkout',
};

const shell = FENCED_BLOCKS.filter(({ language }) => language === 'sh');
const documents = [...new Set(shell.map(({ file }) => file))];

/** What a document leaves behind, where it says so. */
const LEAVES: Readonly<Record<string, (server: TestServer) => Promise<void>>> = {
  'docs/api.md': async (server) => {
    const targeting = async (flag: string, environment: string) =>
      (await server.call('GET', `/api/v1/projects/shop/flags/${flag}/environments/${environment}`)).body;
    expect(await targeting('theme', 'staging')).toMatchObject({ rules: [] });
    expect((await server.call('GET', '/api/v1/changes/verify')).body.ok).toBe(true);
  },
};

/**
 * The tools of a reader: a `curl` whose refused requests are failures, and the command line. A block fails
 * with its first command that fails.
 */
const TOOLS = `
curl() { command curl --silent --show-error --fail-with-body "$@" || { code=$?; echo; return $code; }; }
dimmer() { node "$DIMMER_CLI" "$@"; }
`;

/** The reader is to choose a change to undo: the last one of a flag. */
const CHOOSE_CHANGE = `
CHANGE=$(curl "$DIMMER/changes?project=shop&flag=new-checkout&limit=1" -H "Authorization: Bearer $TOKEN" |
  grep -oE '"revision":[0-9]+' | head -n 1 | cut -d : -f 2)
`;

function scriptOf(blocks: readonly FencedBlock[], url: string): string {
  const lines = blocks.map((block) => {
    const chosen = block.text.includes('$CHANGE') ? CHOOSE_CHANGE : '';
    return `echo "== ${placeOf(block)}"\n${chosen}${block.text.replaceAll(YOURS, url)}`;
  });
  return `set -euo pipefail\n${TOOLS}\n${GIVEN[blocks[0]?.file ?? ''] ?? ''}\n${lines.join('\n')}\necho "== done"\n`;
}

/** Runs a script in a folder of its own, as a reader who has pasted the export lines of the first start. */
async function runScript(script: string, server: TestServer, folder: string): Promise<{ code: number; out: string }> {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    DIMMER_CLI: await builtCli(),
    DIMMER_URL: server.url,
    DIMMER_ADMIN_TOKEN: ADMIN_TOKEN,
    DIMMER_KEY: server.serverKey,
  };
  return new Promise((resolve) => {
    execFile('bash', ['-c', script], { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : 1) : 0;
      // The end says what went wrong.
      resolve({ code, out: `${stdout}\n${stderr}`.slice(-4_000) });
    });
  });
}

/** The files that the guide to the command line lays out, as a reader has them. */
async function layOut(file: string, folder: string): Promise<void> {
  const text = await readFile(join(root, file), 'utf8');
  for (const [, name, content] of text.matchAll(/`([a-z/]+\.yaml)`:\n\n```yaml\n(.*?)```/gs)) {
    await mkdir(dirname(join(folder, 'flags', name as string)), { recursive: true });
    await writeFile(join(folder, 'flags', name as string), content as string);
  }
}

// Beside each other: every document has a server and a folder of its own.
describe.concurrent('what the documentation says to type', () => {
  it.each(documents)('works, from top to bottom, in %s', async (file) => {
    const server = await TestServer.start();
    const folder = await mkdtemp(join(tmpdir(), 'dimmer-docs-'));
    // An application: where nobody is connected a kill confirms nothing, and `--wait` ends with 4.
    const application = createClient({ url: server.url, key: server.serverKey, cache: false, logger: false });
    await application.ready();
    try {
      await mkdir(join(folder, 'src'));
      if (file === 'docs/cli.md') {
        // The files make the project that later commands are about.
        await layOut(file, folder);
        const applied = await runScript(`${TOOLS}\ndimmer apply flags/ --yes --reason documented`, server, folder);
        expect(applied, applied.out).toMatchObject({ code: 0 });
      }
      const blocks = shell.filter((block) => block.file === file);
      const { code, out } = await runScript(scriptOf(blocks, server.url), server, folder);
      expect(code, out).toBe(0);
      expect(out).toContain('== done');
      await LEAVES[file]?.(server);
    } finally {
      await application.close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('works in a pipeline: each command that docs/cli.md has there', async () => {
    const pipeline = FENCED_BLOCKS.find(({ language, text }) => language === 'yaml' && text.includes('- run: dimmer'));
    const commands = [...(pipeline?.text ?? '').matchAll(/- run: (dimmer .*?)(?: # .*)?$/gm)].map(([, line]) => line);
    expect(commands.length).toBeGreaterThan(2);
    const server = await TestServer.start();
    const folder = await mkdtemp(join(tmpdir(), 'dimmer-docs-'));
    try {
      await layOut('docs/cli.md', folder);
      const script = `set -euo pipefail\n${TOOLS}\ngit() { echo "the last commit"; }\n${commands.join('\n')}\n`;
      const { code, out } = await runScript(script, server, folder);
      expect(code, out).toBe(0);
    } finally {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
