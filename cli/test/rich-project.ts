import type { TestServer } from '../../server/test/running-server.ts';

const ENVIRONMENTS = ['staging', 'production'] as const;

/** Of different kinds, so that every rule of the project below decides for some and not for others. */
export const CONTEXTS: readonly Record<string, unknown>[] = [
  {},
  { targetingKey: 'ann', email: 'ann@shop.example', plan: 'pro' },
  ...Array.from({ length: 40 }, (_, index) => ({
    targetingKey: `user-${index}`,
    company: `company-${index % 7}`,
    plan: index % 2 === 0 ? 'pro' : 'free',
    version: `1.${index % 5}.0`,
    age: index,
  })),
];

/** Makes the project `shop` with flags of all types, and everything in them that a file must be able to say. */
export async function makeRichProject(server: TestServer): Promise<void> {
  const call = async (method: string, path: string, body: unknown) => {
    const answer = await server.call(method, `/api/v1${path}`, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
  };
  const shop = (method: string, path: string, body: unknown) => call(method, `/projects/shop/${path}`, body);
  await call('POST', '/projects', { key: 'shop', name: 'The shop', description: 'All that\nis sold' });
  await shop('POST', 'environments', { key: 'staging', name: 'Staging' });
  await shop('POST', 'environments', { key: 'production', protected: true });

  await shop('POST', 'segments', {
    key: 'testers',
    name: 'Testers: "all" of them',
    included: ['ann', 'no', '0123', 'user-3'],
    excluded: ['user-4'],
    rules: [{ id: 'by-mail', when: [{ attribute: 'email', operator: 'endsWith', values: ['@shop.example'] }] }],
  });
  await shop('POST', 'segments', { key: 'empty' });

  await shop('POST', 'flags', {
    key: 'new-checkout',
    name: 'New checkout',
    description: 'yes\n\ttabs, "quotes" & ünïcode → ',
    owner: 'a',
    tags: ['on', 'checkout'],
    browser: true,
    purpose: 'ops',
    seed: 'one cohort',
  });
  await shop('POST', 'flags', {
    key: 'theme',
    type: 'string',
    variations: [
      { key: 'blue', value: '#00f', name: 'Blue', description: 'As ever' },
      { key: 'off', value: 'null' },
      { key: '007', value: '' },
    ],
  });
  await shop('POST', 'flags', {
    key: 'limit',
    type: 'number',
    seed: 'one cohort',
    variations: [0, -1.5, 1e21, 12345678901].map((value) => ({ key: `at-${value}`.replace('+', ''), value })),
  });
  await shop('POST', 'flags', {
    key: '__proto__',
    type: 'json',
    variations: [
      { key: 'none', value: null },
      { key: 'deep', value: JSON.parse('{"b":[1,{"a":"yes"}],"a":{},"__proto__":[],"7":true,"":"~"}') },
    ],
  });
  await shop('POST', 'flags', { key: 'price-engine', type: 'launch' });
  await shop('POST', 'flags', { key: 'addresses', type: 'migration', purpose: 'release' });

  for (const environment of ENVIRONMENTS) {
    const at = (flag: string, path: string) => `flags/${flag}/environments/${environment}/${path}`;
    const reason = 'to have something to export';
    await shop('POST', at('new-checkout', 'rollout'), { percent: 33.333, by: 'company', reason });
    await shop('POST', at('new-checkout', 'rollout'), { percent: 12, reason });
    await shop('POST', at('new-checkout', 'targets'), { variation: 'on', keys: ['zoe', 'user-1', 'true'], reason });
    await shop('POST', at('theme', 'rules'), {
      rule: {
        id: 'pro',
        description: 'who pays',
        when: [
          { attribute: 'plan', operator: 'in', values: ['pro', 7, true], ignoreCase: true },
          { attribute: 'version', operator: 'semverLt', values: ['1.4.0'], not: true },
          { attribute: 'age', operator: 'modulo', values: [[3, 1]] },
        ],
        serve: { slices: [{ variation: 'off', parts: 50_001 }], seed: 'another', by: 'targetingKey' },
      },
      reason,
    });
    await shop('POST', at('theme', 'rules'), {
      rule: { when: [{ operator: 'inSegment', values: ['testers'] }], serve: { variation: '007' } },
      position: 0,
      reason,
    });
    await shop('PUT', at('theme', 'prerequisites'), {
      prerequisites: [{ flag: 'new-checkout', variations: ['on', 'off'] }],
      reason,
    });
    await shop('POST', at('theme', 'toggle'), { on: true, reason });
    await shop('POST', at('limit', 'rollout'), {
      shares: [
        { variation: 'at-0', percent: 20.5 },
        { variation: 'at--1.5', percent: 79.5 },
      ],
      reason,
    });
    await shop('POST', at('__proto__', 'rollout'), { variation: 'deep', percent: 50, reason });
    await shop('POST', at('price-engine', 'rollout'), { dark: 60, live: 5, reason });
    await shop('PATCH', at('price-engine', 'dials'), {
      samplePercent: 12.5,
      maxInFlight: 3,
      ignore: ['/servedBy', '/lines/*/id'],
      reason,
    });
    await shop('POST', at('addresses', 'rollout'), { stage: 'shadow', percent: 40, reason });
  }
  await shop('PUT', 'flags/theme/environments/staging/off', { variation: 'off' });
  await shop('POST', 'flags', { key: 'gone' });
  await shop('POST', 'flags/gone/archive', { reason: 'gone' });
}

/** What every context gets of every flag in every environment, and why. */
export async function evaluations(server: TestServer): Promise<Record<string, unknown>> {
  const { body } = await server.call('GET', '/api/v1/projects/shop/flags');
  const found: Record<string, unknown> = {};
  for (const { key } of body.items as { key: string }[]) {
    for (const environment of ENVIRONMENTS) {
      const path = `/api/v1/projects/shop/flags/${key}/environments/${environment}/explain`;
      const answers = await Promise.all(CONTEXTS.map((context) => server.call('POST', path, { context })));
      found[`${key} in ${environment}`] = answers.map(({ body: { evaluation } }) => {
        const { value, variation, reason } = evaluation;
        return { value, variation, reason };
      });
    }
  }
  return found;
}
