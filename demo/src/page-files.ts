import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The page as the shop serves it. */
export interface PageFiles {
  readonly html: string;
  readonly script: string;
  readonly style: string;
  readonly icon: string;
}

/**
 * Builds the page from its sources: the script is bundled with the browser SDK's, so the demo shows the code as it
 * stands and needs no build before it.
 *
 * @param url where the page's SDK connects.
 * @param key a browser key: public, so it may stand in the page.
 */
export async function buildPage(url: string, key: string): Promise<PageFiles> {
  const [html, icon, script, style] = await Promise.all([
    readFile(source('index.html'), 'utf8'),
    readFile(source('icon.svg'), 'utf8'),
    bundle('main.ts'),
    bundle('page.css'),
  ]);
  return { html: html.replace('{{url}}', url).replace('{{key}}', key), icon, script, style };
}

async function bundle(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [source(name)],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    write: false,
    logLevel: 'silent',
  });
  const [file] = outputFiles;
  if (!file) throw new Error(`esbuild made nothing of ${name}.`);
  return file.text;
}

function source(name: string): string {
  return fileURLToPath(new URL(`./page/${name}`, import.meta.url));
}
