import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { referencePage } from '../../src/api/reference-page.ts';
import { pageHeaders } from '../../src/http/page-headers.ts';

let folder = '';
let page: NonNullable<ReturnType<typeof referencePage>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dimmer-reference-'));
  await writeFile(join(folder, 'swagger-ui-bundle.js'), 'function SwaggerUIBundle() {}');
  await writeFile(join(folder, 'swagger-ui.css'), '.swagger-ui {}');
  await writeFile(join(folder, 'secret.txt'), 'not for the web');
  page = referencePage(folder) as typeof page;
});
afterAll(() => rm(folder, { recursive: true }));

describe('The page of /openapi.json for people', () => {
  it('is under the policy of every page', async () => {
    const { status, headers } = await page.request('/');
    expect(status).toBe(200);
    const policy = headers.get('content-security-policy') ?? '';
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
    expect(Object.fromEntries(headers)).toMatchObject(
      Object.fromEntries(Object.entries(pageHeaders(nonce)).map(([name, value]) => [name.toLowerCase(), value])),
    );
  });

  it('loads scripts and styles from files beside it, by addresses that hold below any path, and has none in itself', async () => {
    const text = await (await page.request('/')).text();
    const addresses = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address as string);
    const files = addresses.filter((address) => address.startsWith('openapi/'));
    expect(files).toHaveLength(4);
    expect(addresses.filter((address) => /^(\/|https?:)/.test(address))).toEqual([]);
    expect(text).not.toMatch(/<script>|<style|style=|\son\w+=/);
    for (const file of files) {
      const { status, headers } = await page.request(file.replace('openapi', ''));
      expect([file, status]).toEqual([file, 200]);
      expect(headers.get('content-type')).toMatch(file.endsWith('.js') ? /^text\/javascript/ : /^text\/css/);
      expect(headers.get('etag')).toBeTruthy();
    }
  });

  it('sends nothing: there is nothing to try from it', async () => {
    expect(await (await page.request('/page.js')).text()).toContain('supportedSubmitMethods: []');
  });

  it('hands out nothing else of its folder', async () => {
    for (const path of ['/secret.txt', '/..%2fsecret.txt', '/nothing.js'])
      expect((await page.request(path)).status, path).toBe(404);
  });

  it('is not there where its viewer has not been built', () => {
    expect(referencePage(join(folder, 'nothing'))).toBeNull();
  });
});
