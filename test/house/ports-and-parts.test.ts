import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

// Why: decision 0191.
const root = new URL('../../', import.meta.url).pathname;

/** What a host gives. They may import each other, and types of core. */
const PORTS = ['platform.ts', 'stream-source.ts'];

/** What a host adds, or does not: of these the rest of the client knows the types. */
const isOfPart = (file: string): boolean => file === 'poller.ts' || file.startsWith('launch/');

interface Import {
  readonly from: string;
  /** It is gone when the file is compiled. */
  readonly isType: boolean;
}

function importsOf(text: string): Import[] {
  return [...text.matchAll(/^(?:import|export)\s(type\s)?(?:[^;']*?\sfrom\s+)?'([^']+)'/gm)].map(
    ([, type, from = '']) => ({ from, isType: type !== undefined }),
  );
}

/** The sources of a package by name, and what each imports of the others. */
function sourcesOf(folder: string) {
  const sources = join(root, folder, 'src');
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  return new Map(
    files.map((file) => {
      const imports = importsOf(readFileSync(join(sources, file), 'utf8'));
      return [file, imports.map((one) => ({ ...one, file: join(dirname(file), one.from) }))] as const;
    }),
  );
}

/** Files that lead back to themselves, each circle once, as a way around it. */
function circlesIn(sources: ReturnType<typeof sourcesOf>): string[] {
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): void => {
    const at = way.indexOf(file);
    if (at >= 0) circles.push([...way.slice(at), file].join(' → '));
    if (at >= 0 || done.has(file)) return;
    for (const next of sources.get(file) ?? []) visit(next.file, [...way, file]);
    done.add(file);
  };
  for (const file of sources.keys()) visit(file, []);
  return circles;
}

describe('the client', () => {
  const client = sourcesOf('client');

  it('has ports that are types, and know nothing but types of core and one another', () => {
    for (const port of PORTS) {
      const text = readFileSync(join(root, 'client/src', port), 'utf8');
      expect(text).not.toMatch(/^export (?!type|interface)/m);
      const wrong = (client.get(port) ?? []).filter(
        ({ from, isType, file }) => !isType || (from !== '@dimmer/core' && !PORTS.includes(file)),
      );
      expect(wrong.map(({ from }) => `${port} imports ${from}`)).toEqual([]);
    }
  });

  it('imports of its parts the types alone, so that a host that hands in none has none in its bundle', () => {
    const wrong = [...client]
      .filter(([file]) => file !== 'index.ts' && !isOfPart(file))
      .flatMap(([file, imports]) =>
        imports.filter((one) => isOfPart(one.file) && !one.isType).map((one) => `${file} imports ${one.from}`),
      );
    expect(wrong).toEqual([]);
  });
});

describe.each(['client', 'client-node', 'sdk-node', 'sdk-browser'])('the files of %s', (folder) => {
  it('do not import each other in circles, types included', () => {
    expect(circlesIn(sourcesOf(folder))).toEqual([]);
  });
});
