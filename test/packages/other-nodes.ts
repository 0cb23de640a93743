/**
 * Runs the packed tarballs under other versions of Node than this one, which npm fetches: not a test, because tests have
 * no network. `npx tsx test/packages/other-nodes.ts 22 24`. A version that the registry does not have is passed over, and
 * said to be.
 */
import { InstalledProject } from './installed-project.ts';

const program = (load: string) => `
  ${load}
  const flag = { type: 'boolean', variations: [{ key: 'on', value: true }], on: true, off: 'on', seed: 's', fallthrough: { variation: 'on' } };
  const bootstrap = { schema: 1, hash: 1, id: '1.000000000001', at: 0, flags: { a: flag }, segments: {} };
  const flags = [inNode, inPage].map((create) => create({ bootstrap, logger: false }));
  console.log(process.version, ...flags.map((each) => each.isEnabled('a')));`;

const FILES = {
  'other.mjs': program(
    `import { createClient as inNode } from '@dimmer/node'; import { createClient as inPage } from '@dimmer/browser';`,
  ),
  'other.cjs': program(
    `const inNode = require('@dimmer/node').createClient; const inPage = require('@dimmer/browser').createClient;`,
  ),
};

async function main(versions: readonly string[]): Promise<void> {
  const project = await InstalledProject.create();
  try {
    for (const [name, text] of Object.entries(FILES)) await project.write(name, text);
    for (const version of versions) {
      const node = ['--yes', '--package', `node@${version}`, 'node'];
      try {
        await project.run('npx', ...node, '--version');
      } catch (error) {
        process.stdout.write(`Node ${version}: passed over, npm cannot fetch it: ${(error as Error).message}\n`);
        continue;
      }
      for (const name of Object.keys(FILES)) {
        const answer = await project.run('npx', ...node, name);
        process.stdout.write(`Node ${version}, ${name}: ${answer}\n`);
        if (!answer.startsWith(`v${version}.`) || !answer.endsWith(' true true')) process.exitCode = 1;
      }
    }
  } finally {
    await project.remove();
  }
}

await main(process.argv.slice(2));
