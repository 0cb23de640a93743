import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApi } from './api-fixture.ts';

interface Operation {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly object[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema?: object }> };
  readonly responses: Record<
    string,
    { readonly description: string; readonly content?: Record<string, { schema?: object }> }
  >;
}

let api: Awaited<ReturnType<typeof openApi>>;
let document: { openapi: string; paths: Record<string, Record<string, Operation>>; components: Record<string, object> };

beforeAll(async () => {
  api = await openApi();
  document = (await api.call('GET', '/openapi.json', undefined, { token: null })).body;
});
afterAll(() => api.close());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, path, operation })),
  );

describe('The OpenAPI description', () => {
  it('is of version 3.1 and open to everybody', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.components.securitySchemes).toHaveProperty('token');
  });

  it('is made once, compressed for who takes that, and not sent again to who has it', async () => {
    const get = (headers: Record<string, string>) => api.app.request('/openapi.json', { headers });
    const [plain, zipped] = [await get({}), await get({ 'accept-encoding': 'gzip' })];
    const bytes = Buffer.from(await zipped.arrayBuffer());
    expect(zipped.headers.get('content-encoding')).toBe('gzip');
    expect(gunzipSync(bytes).toString()).toBe(await plain.text());
    expect(bytes.length).toBeLessThan(64 * 1024);
    const etag = plain.headers.get('etag') ?? '';
    expect(plain.headers.get('cache-control')).toContain('max-age');
    expect((await get({ 'if-none-match': etag })).status).toBe(304);
    expect((await get({ 'if-none-match': '"another"' })).status).toBe(200);
  });

  it('is what contract/api/openapi.json says: `npm run api` writes it anew, for you to look at the difference', async () => {
    await expect(`${JSON.stringify(document, undefined, 1)}\n`).toMatchFileSnapshot('../../contract/api/openapi.json');
  });

  it('has every route of the admin API, and no other', () => {
    const served = api.app.routes
      .filter((route) => route.path.startsWith('/api/v1/') && !route.path.includes('*') && route.method !== 'ALL')
      .map((route) => `${route.method.toLowerCase()} ${route.path.replaceAll(/:([^/]+)/g, '{$1}')}`);
    expect(
      operations()
        .map((each) => each.name)
        .sort(),
    ).toEqual([...new Set(served)].sort());
    expect(served.length).toBeGreaterThan(30);
  });

  it('says for every route what it does, what it takes and what it answers', () => {
    for (const { name, path, operation } of operations()) {
      expect(operation.summary, name).toBeTruthy();
      expect(operation.tags, name).toHaveLength(1);
      expect(operation.security, name).toEqual([{ token: [] }]);
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const declared = operation.parameters?.filter((each) => each.in === 'path' && each.required) ?? [];
      expect(declared.map((each) => each.name).sort(), name).toEqual(inPath.sort());
      const statuses = Object.keys(operation.responses);
      expect(statuses, name).toEqual(expect.arrayContaining(['400', '401', '403', '404', '503']));
      if (operation.requestBody) expect(statuses, name).toEqual(expect.arrayContaining(['413', '415', '422']));
      const success = Object.entries(operation.responses).find(([status]) => status.startsWith('2'))?.[1];
      expect(Object.values(success?.content ?? {})[0]?.schema, name).toBeTypeOf('object');
    }
  });

  it('describes what a write answers that is only looked at, or proposed', () => {
    const responsesOf = (path: string) => document.paths[path]?.post?.responses ?? {};
    const created = responsesOf('/api/v1/projects/{project}/flags');
    expect(JSON.stringify(created[200])).toContain('#/components/schemas/DryRun');
    expect(JSON.stringify(created[201])).toContain('#/components/schemas/Flag"');
    expect(JSON.stringify(created[202])).toContain('#/components/schemas/Proposal');
    const killed = responsesOf('/api/v1/projects/{project}/flags/{flag}/environments/{environment}/kill');
    expect(JSON.stringify(killed[200])).toContain('#/components/schemas/DryRun');
    expect(killed).toHaveProperty('202');
    // What hands out a secret is neither.
    expect(Object.keys(responsesOf('/api/v1/keys'))).not.toContain('202');
    // To explain is to read.
    const explained = '/api/v1/projects/{project}/flags/{flag}/environments/{environment}/explain';
    expect(Object.keys(responsesOf(explained))).not.toContain('202');
    expect(document.paths[explained]?.post?.parameters?.map((each) => each.name)).not.toContain('propose');
  });

  it('knows which fields may be left out', () => {
    const schemaOf = (path: string) =>
      document.paths[path]?.post?.requestBody?.content['application/json']?.schema as {
        required?: string[];
        properties: object;
      };
    const flags = schemaOf('/api/v1/projects/{project}/flags');
    expect(flags.required).toEqual(['key']);
    expect(Object.keys(flags.properties)).toEqual(expect.arrayContaining(['key', 'variations', 'reason']));
    const toggle = schemaOf('/api/v1/projects/{project}/flags/{flag}/environments/{environment}/toggle');
    expect(toggle.required).toEqual(['on']);
  });

  it('refers to nothing that is not in it', () => {
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(references.length).toBeGreaterThan(10);
    for (const reference of references) {
      // biome-ignore lint/suspicious/noExplicitAny: walks down a document of unknown shape
      const found = reference.split('/').reduce<any>((part, name) => part?.[name], document);
      expect(found, reference).toBeTypeOf('object');
    }
  });
});
