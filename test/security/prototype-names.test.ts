import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from '../../server/test/sign-in/browser.ts';
import { ShippedServer } from './shipped-server.ts';

const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'];

let server: ShippedServer;
let admin: Browser;

beforeAll(async () => {
  // Node without `Object.prototype.__proto__`: whatever still reads or writes through it fails here.
  server = await ShippedServer.start({ NODE_OPTIONS: '--disable-proto=throw' });
  admin = server.admin;
});
afterAll(() => server?.stop());

describe('T16 Names of Object.prototype', () => {
  it('are keys like any other: of flags, variations, segments, attributes, projects', async () => {
    for (const key of NAMES) {
      expect((await admin.post('/api/v1/projects', { key })).status, key).toBe(201);
      expect((await admin.post(`/api/v1/projects/${key}/environments`, { key })).status, key).toBe(201);
      const variations = [
        { key, value: key },
        { key: 'off', value: 'no' },
      ];
      const flag = { key, type: 'string', variations };
      expect((await admin.post(`/api/v1/projects/${key}/flags`, flag)).status, key).toBe(201);
      const segment = { key, included: [key], rules: [{ when: [{ attribute: key, operator: 'in', values: [key] }] }] };
      expect((await admin.post(`/api/v1/projects/${key}/segments`, segment)).status, key).toBe(201);
      const targeting = `/api/v1/projects/${key}/flags/${key}/environments/${key}`;
      const rule = { id: key, when: [{ operator: 'inSegment', values: [key] }], serve: { variation: key } };
      expect((await admin.post(`${targeting}/rules`, { rule })).status, key).toBe(200);
      await admin.post(`${targeting}/toggle`, { on: true });
      for (const context of [`{"targetingKey":"${key}"}`, `{"targetingKey":"x","${key}":"${key}"}`]) {
        const { body } = await admin.post(`${targeting}/explain`, `{"context":${context}}`);
        expect(body.evaluation, `${key} ${context}`).toMatchObject({ variation: key, ruleId: key });
      }
      const { body } = await admin.post(`${targeting}/explain`, '{"context":{"targetingKey":"x"}}');
      expect(body.evaluation.ruleId, key).toBeUndefined();
    }
  });

  it('in what is sent change nothing of what the server knows of others', async () => {
    const hostile = [
      '{"key":"a","__proto__":{"browser":true}}',
      '{"key":"b","constructor":{"prototype":{"isAdmin":true}}}',
      '{"key":"c","variations":[{"key":"on","value":{"__proto__":{"polluted":true}}}],"type":"json"}',
    ];
    for (const body of hostile) await admin.post('/api/v1/projects/default/flags', body);
    await admin.post('/api/v1/invitations', '{"email":"x@shop.example","grants":[{"role":"__proto__"}]}');
    await admin.post('/api/v1/keys', '{"role":"constructor"}');
    const { body } = await admin.post('/api/v1/projects/default/flags', { key: 'clean' });
    expect(body.document).toMatchObject({ browser: false });
    expect(JSON.stringify(body)).not.toMatch(/polluted|isAdmin/);
    const { body: keys } = await admin.get('/api/v1/keys');
    expect(JSON.stringify(keys)).not.toContain('constructor');
  });

  it('reach an SDK as they are, and people sign in, on a Node without __proto__', async () => {
    const answer = await fetch(`${server.url}/sdk/v1/ruleset`, {
      headers: { authorization: `Bearer ${server.serverKey}` },
    });
    expect(answer.status).toBe(200);
    const ann = await server.join('ann@shop.example', 'viewer');
    expect((await ann.get('/api/v1/me')).body.email).toBe('ann@shop.example');
    expect((await admin.get('/api/v1/changes/verify')).body).toMatchObject({ ok: true });
    expect(server.log).not.toMatch(/Nobody (caught|awaited)|ERR_PROTO_ACCESS|A request failed/);
  });
});
