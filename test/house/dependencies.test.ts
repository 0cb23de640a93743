import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;

/** Which of our own packages the sources of each package may import. The one place where the direction is written down. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  core: [],
  contract: ['@dimmer/core'],
  client: ['@dimmer/core'],
  'client-node': ['@dimmer/client'],
  'sdk-node': ['@dimmer/client-node', '@dimmer/client', '@dimmer/core'],
  'sdk-browser': ['@dimmer/client', '@dimmer/core'],
  server: ['@dimmer/contract', '@dimmer/client-node', '@dimmer/client', '@dimmer/core'],
  // One HTTP client, with one understanding of proxies and certificates; nothing else of the SDK.
  cli: ['@dimmer/contract', '@dimmer/client-node', '@dimmer/core'],
  dashboard: ['@dimmer/contract', '@dimmer/core'],
  demo: ['@dimmer/node', '@dimmer/browser'],
  examples: ['@dimmer/node', '@dimmer/browser'],
};

/** npm packages that the sources of each of these packages may import; the SDKs stay as near to none as can be. */
const MAY_INSTALL: Record<string, readonly string[]> = {
  core: [],
  contract: ['zod'],
  client: [],
  'client-node': ['eventsource'],
  'sdk-node': [],
  'sdk-browser': [],
  cli: ['commander', 'yaml'],
};

function sourcesOf(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/node_modules|\/dist\//.test(path));
}

function importsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(/(?<!['"])(?:\bfrom|\bimport)\s*\(?\s*['"]([^'"]+)['"]/g)].map(
    (match) => match[1] as string,
  );
}

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

describe('dependencies point one way', () => {
  for (const [folder, allowed] of Object.entries(MAY_IMPORT)) {
    it(`${folder} imports ${allowed.length > 0 ? allowed.join(' and ') : 'none of our packages'}`, () => {
      const sources = sourcesOf(`${folder}${folder === 'demo' || folder === 'examples' ? '' : '/src'}`);
      expect(sources.length).toBeGreaterThan(0);
      const wrong: string[] = [];
      for (const path of sources.filter((source) => !/\/test\/|\.test\.ts$/.test(source))) {
        for (const specifier of importsOf(path)) {
          const ours = specifier.startsWith('@dimmer/');
          if (ours && !allowed.includes(packageOf(specifier))) wrong.push(`${relative(root, path)} → ${specifier}`);
          if (specifier.startsWith('.') && !join(path, '..', specifier).startsWith(join(root, folder)))
            wrong.push(`${relative(root, path)} reaches out of its package: ${specifier}`);
        }
      }
      expect(wrong).toEqual([]);
    });
  }

  for (const [folder, allowed] of Object.entries(MAY_INSTALL)) {
    it(`${folder} needs ${allowed.length > 0 ? `only ${allowed.join(', ')}` : 'no npm package at all'}`, () => {
      const foreign = sourcesOf(`${folder}/src`)
        .flatMap(importsOf)
        .filter((specifier) => !/^(\.|node:|@dimmer\/)/.test(specifier));
      expect([...new Set(foreign.map(packageOf))].filter((name) => !allowed.includes(name))).toEqual([]);
    });
  }

  it('dashboard and cli take the types of the contract, and not its schemas: zod is in neither bundle', () => {
    const wrong = ['dashboard', 'cli'].flatMap((folder) =>
      sourcesOf(`${folder}/src`).filter((path) => {
        const imports = readFileSync(path, 'utf8').matchAll(
          /\b(import|export)\b([^;]*?)from\s*['"]@dimmer\/contract['"]/g,
        );
        return [...imports].some(([, word, names]) => word !== 'import' || !/^\s+type\b/.test(names as string));
      }),
    );
    expect(wrong.map((path) => relative(root, path))).toEqual([]);
  });

  it('core, contract, client and sdk-browser know nothing of Node', () => {
    const wrong = ['core', 'contract', 'client', 'sdk-browser'].flatMap((folder) =>
      sourcesOf(`${folder}/src`).filter((path) => importsOf(path).some((specifier) => specifier.startsWith('node:'))),
    );
    expect(wrong).toEqual([]);
  });

  it('only main.ts of the server touches the process', () => {
    const wrong = sourcesOf('server/src').filter(
      (path) =>
        !path.endsWith('/main.ts') &&
        /\bprocess\.(env|exit|on|once|argv|stdout|stderr)\b/.test(readFileSync(path, 'utf8')),
    );
    expect(wrong.map((path) => relative(root, path))).toEqual([]);
  });
});
