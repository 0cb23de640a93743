/**
 * Makes a release of this working copy: every version, the changelog's section, and the packed tarballs, each of which
 * is installed in an empty folder and used. Nothing is committed, tagged or published: the last lines say how.
 *
 *     npm run release -- 1.2.3
 *     npm run release -- 1.2.3 --dry-run    # says what stands against it, and what it would change
 *
 * Why: decision 0190.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { publint } from 'publint';
import { changelogOf, documentOf, lockOf, manifestOf, problemsOf, RELEASED } from './release-files.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);
const DOCUMENTS = ['README.md', 'docs/cli.md'];
const TARBALLS = 'dist/release';

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8');

const { values, positionals } = parseArgs({ options: { 'dry-run': { type: 'boolean' } }, allowPositionals: true });
const [version = ''] = positionals;
const manifest = JSON.parse(await read('package.json')) as {
  version: string;
  workspaces: string[];
  repository?: string | { url: string };
};
const { version: current, repository } = manifest;
const hosted = typeof repository === 'object' ? repository.url.replace(/^git\+/, '') : repository;
const changelog = await read('CHANGELOG.md');
const { stdout: status } = await run('git', ['status', '--porcelain'], { cwd: root });
const uncommitted = status.split('\n').flatMap((line) => line.slice(3) || []);
const problems = problemsOf({ version, current, changelog, repository: hosted, uncommitted });

const changed = new Map<string, string>();
if (problems.length === 0 || values['dry-run']) {
  changed.set('package.json', manifestOf(await read('package.json'), version));
  for (const folder of manifest.workspaces) {
    const isReleased = RELEASED.some((each) => each === folder);
    const text = await read(`${folder}/package.json`);
    changed.set(
      `${folder}/package.json`,
      manifestOf(text, version, isReleased && hosted ? { repository: hosted, folder } : undefined),
    );
  }
  changed.set('package-lock.json', lockOf(await read('package-lock.json'), version));
  changed.set('CHANGELOG.md', changelogOf(changelog, version, new Date().toISOString().slice(0, 10)));
  for (const path of DOCUMENTS) changed.set(path, documentOf(await read(path), current, version));
}
for (const problem of problems) print(`✗ ${problem}`);
if (values['dry-run']) for (const path of changed.keys()) print(`would change ${path}`);
if (problems.length > 0) process.exit(1);
if (values['dry-run']) process.exit(0);

for (const [path, text] of changed) await writeFile(join(root, path), text);
print(`${current} → ${version} in ${changed.size} files. Building …`);
await run('npm', ['run', 'build'], { cwd: root, maxBuffer: 1e8 });
await rm(join(root, TARBALLS), { recursive: true, force: true });
await mkdir(join(root, TARBALLS), { recursive: true });
const folders = RELEASED.map((folder) => join(root, folder));
const packed = await run('npm', [
  'pack',
  '--json',
  '--ignore-scripts',
  '--pack-destination',
  join(root, TARBALLS),
  ...folders,
]);
const tarballs = JSON.parse(packed.stdout) as { filename: string; files: { path: string }[] }[];
for (const { filename, files } of tarballs) {
  const missing = ['LICENSE', 'README.md', 'package.json'].filter((name) => !files.some(({ path }) => path === name));
  if (missing.length > 0) throw new Error(`${filename} has no ${missing.join(', ')}.`);
}
for (const folder of RELEASED) {
  const { messages } = await publint({ pkgDir: join(root, folder), strict: true });
  const wrong = messages.filter(({ type }) => type !== 'suggestion');
  if (wrong.length > 0) throw new Error(`publint on ${folder}: ${wrong.map(({ code }) => code).join(', ')}`);
}
await tryInstalled(tarballs.map(({ filename }) => join(root, TARBALLS, filename)));
for (const { filename } of tarballs) print(`✓ ${TARBALLS}/${filename}`);
print(`
If the differences are right (git diff), and .ci/run passes:

  git commit -am "release: ${version}" && git tag v${version} && git push --follow-tags
  for each in ${TARBALLS}/*.tgz; do npm publish "$each" --access public; done`);

/** In an empty folder: each can be installed and started, by what it has with it and what the registry has. */
async function tryInstalled(paths: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'dimmer-release-'));
  try {
    await writeFile(join(folder, 'package.json'), '{ "private": true }');
    await run('npm', ['install', '--no-audit', '--no-fund', ...paths], { cwd: folder });
    for (const name of ['dimmer', 'dimmer-server']) {
      const command = join(folder, 'node_modules/.bin', name);
      if (!existsSync(command)) throw new Error(`No command ${name} was installed.`);
    }
    const { stdout } = await run(join(folder, 'node_modules/.bin/dimmer'), ['--version'], { cwd: folder });
    if (!stdout.includes(version)) throw new Error(`The command line says that it is ${stdout.trim()}.`);
    const program = `import { createClient } from '@dimmer/node'; await createClient({ bootstrap: '{}', logger: false }).close();`;
    await run(process.execPath, ['--input-type=module', '-e', program], { cwd: folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
