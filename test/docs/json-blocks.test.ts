import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestServer } from '../../server/test/running-server.ts';
import { FENCED_BLOCKS } from './fenced-blocks.ts';

let server: TestServer;
const audited: string[] = [];
beforeAll(async () => {
  server = await TestServer.start({ env: { DIMMER_AUDIT_LOG: 'on' }, audit: (line) => audited.push(line) });
  const flags = '/api/v1/projects/default/flags';
  await server.call('POST', flags, { key: 'new-checkout' });
  await server.call('POST', flags, { key: 'price-engine', type: 'launch' });
});
afterAll(() => server.stop());

// biome-ignore lint/suspicious/noExplicitAny: each block has its own shape
const blocks = new Map<string, any[]>();
for (const { file, language, text } of FENCED_BLOCKS) {
  // What a run of the faults has printed, as JSON: nobody answers in that shape.
  if (file.startsWith('docs/recordings/')) continue;
  if (language === 'json') blocks.set(file, [...(blocks.get(file) ?? []), JSON.parse(text)]);
}
const names = (value: object) =>
  Object.keys(value)
    .filter((name) => name !== '…')
    .sort();

describe('JSON in the documentation', () => {
  it('is in these documents, and each of them is looked at here', () => {
    expect([...blocks].map(([file, { length }]) => [file, length])).toEqual([
      ['docs/api.md', 2],
      ['docs/errors.md', 1],
      ['docs/operations.md', 1],
      ['docs/protocol.md', 1],
    ]);
  });

  it('has the fields of an answer to a write', async () => {
    const toggle = '/api/v1/projects/default/flags/new-checkout/environments/production/toggle';
    const { body } = await server.call('POST', toggle, { on: true });
    const [documented] = blocks.get('docs/api.md') ?? [];
    expect(names(documented)).toEqual(names(body));
    expect(names(body.document)).toEqual(expect.arrayContaining(names(documented.document)));
    expect(names(documented.rulesets[0])).toEqual(names(body.rulesets[0]));
  });

  it('has the fields of an answer about propagation', async () => {
    const { body } = await server.call('GET', '/api/v1/projects/default/environments/production/propagation');
    const [, documented] = blocks.get('docs/api.md') ?? [];
    expect(names(documented)).toEqual(names(body));
    expect(names(documented.browsers)).toEqual(names(body.browsers));
  });

  it('has the fields of an error', async () => {
    const rule = { when: [{ operator: 'inSegment', values: ['testers'] }], serve: { variation: 'on' } };
    const path = '/api/v1/projects/default/flags/new-checkout/environments/production/rules';
    const { body } = await server.call('POST', path, { rule });
    const [documented] = blocks.get('docs/errors.md') ?? [];
    expect(names(documented.error)).toEqual(names(body.error));
    expect(body.error).toMatchObject({ code: documented.error.code, message: documented.error.message });
  });

  it('has the fields of a line of the log about a change', () => {
    const [documented] = blocks.get('docs/operations.md') ?? [];
    const said = JSON.parse(audited.at(-1) ?? '');
    expect(names(documented)).toEqual(names(said));
    expect(names(documented.actor)).toEqual(names(said.actor));
  });

  it('is a batch of events that the server takes', async () => {
    const [documented] = blocks.get('docs/protocol.md') ?? [];
    const answer = await server.call('POST', '/sdk/v1/events', documented, {
      authorization: `Bearer ${server.serverKey}`,
    });
    expect(answer).toMatchObject({ status: 202 });
    const { body } = await server.call(
      'GET',
      '/api/v1/projects/default/flags/price-engine/environments/production/launch?audience=server',
    );
    expect(body).toMatchObject({ flag: 'price-engine' });
  });
});
