import { createClient } from '@dimmer/node';
import type { DashboardServer } from './dashboard-server.ts';
import { observeLaunches } from './observe-launches.ts';

/** What is needed of a server to fill it: a test's, or the one of `npm run dev`. */
export interface FurnishedServer {
  readonly url: string;
  /** One request by an admin token. Throws unless it succeeds. */
  call<Answer>(method: string, path: string, body?: object): Promise<Answer>;
  keysOf(environment: string): { readonly server: string };
}

const FLAGS = '/projects/default/flags';

/** Names as attackers, or other alphabets, have them. */
const HOSTILE_NAME = '<img src=x onerror=alert(1)> \u202egnp.exe שלום';

/**
 * Fills a server with what a company has after a year: flags of every type in every state, rules, segments, a kill,
 * people, a protected environment, change requests, what was observed of launches.
 *
 * @param filler this many more flags
 * @returns the id of a change request that waits
 */
export async function furnish(server: FurnishedServer, filler = 0): Promise<{ readonly changeRequest: string }> {
  const at = (flag: string, environment: string) => `${FLAGS}/${flag}/environments/${environment}`;
  const flag = (body: object) => server.call('POST', FLAGS, body);
  await server.call('POST', '/projects/default/segments', {
    key: 'testers',
    name: 'Testers',
    included: ['ann', 'bob'],
    description: 'Who sees everything first',
    rules: [{ when: [{ attribute: 'email', operator: 'endsWith', values: ['@shop.example'] }] }],
  });
  await flag({
    key: 'new-checkout',
    name: 'New checkout',
    tags: ['checkout', 'web'],
    owner: 'team-checkout',
    browser: true,
  });
  await flag({ key: 'price-engine', name: 'Price engine', type: 'launch', purpose: 'launch', owner: 'team-prices' });
  await flag({ key: 'addresses-v2', name: 'Addresses in two tables', type: 'migration', owner: 'team-core' });
  await flag({
    key: 'theme',
    name: 'Theme of the shop',
    type: 'string',
    tags: ['web'],
    variations: [
      { key: 'blue', value: '#00f' },
      { key: 'green', value: '#0f0' },
      { key: 'amber', value: '#fa0' },
    ],
  });
  await flag({ key: 'read-only', name: 'Read-only mode', purpose: 'ops', tags: ['on-call'] });
  await flag({ key: 'hostile', name: HOSTILE_NAME.repeat(4).slice(0, 200), description: HOSTILE_NAME.repeat(20) });
  await flag({ key: 'old-banner', name: 'Old banner' });
  await server.call('POST', `${FLAGS}/old-banner/archive`, {});

  await server.call('POST', `${at('new-checkout', 'staging')}/rollout`, { percent: 100 });
  await server.call('POST', `${at('new-checkout', 'production')}/rollout`, { percent: 12.5, reason: 'first people' });
  await server.call('POST', `${at('price-engine', 'production')}/rollout`, { dark: 99, live: 1 });
  await server.call('POST', `${at('addresses-v2', 'production')}/rollout`, { stage: 'dual-write' });
  await server.call('POST', `${at('theme', 'production')}/rollout`, {
    shares: [
      { variation: 'blue', percent: 66.667 },
      { variation: 'green', percent: 33.333 },
    ],
  });
  await server.call('POST', `${at('theme', 'production')}/rules`, {
    rule: {
      id: 'central',
      description: 'Central Europe first',
      when: [
        { attribute: 'country', operator: 'in', values: ['DE', 'AT'] },
        { operator: 'inSegment', values: ['testers'] },
      ],
      serve: { slices: [{ variation: 'amber', parts: 20_000 }] },
    },
  });
  await server.call('POST', `${at('theme', 'production')}/targets`, { variation: 'green', keys: ['user-17'] });
  await server.call('PUT', `${at('theme', 'production')}/prerequisites`, {
    prerequisites: [{ flag: 'new-checkout', variations: ['on'] }],
  });
  await server.call('POST', `${at('read-only', 'production')}/rollout`, { percent: 100 });
  await server.call('POST', `${at('read-only', 'production')}/kill`, { reason: 'writes were refused by mistake' });

  for (let index = 0; index < filler; index++) {
    const key = `flag-${String(index).padStart(4, '0')}`;
    await flag({ key, name: `Feature number ${index}`, tags: [`tag-${index % 20}`], owner: `team-${index % 7}` });
  }
  await server.call('PATCH', '/projects/default/environments/production', { protected: true, approvals: 1 });
  const proposal = `${at('new-checkout', 'production')}/rollout?propose=true`;
  const { changeRequest } = await server.call<{ changeRequest: { id: string } }>('POST', proposal, {
    percent: 50,
    reason: 'no errors for a week',
  });
  await server.call('POST', '/invitations', {
    email: 'bert@shop.example',
    grants: [{ role: 'operator', project: 'default', environment: 'production' }],
  });
  await observeLaunches(server);
  return { changeRequest: changeRequest.id };
}

/**
 * Two applications that are connected to production, so that there is somebody to be seen.
 *
 * @returns sends them away
 */
export async function connectApplications(server: DashboardServer): Promise<() => Promise<void>> {
  const key = server.keysOf('production').server;
  const clients = ['web-1', 'web-2'].map((instance) =>
    createClient({ url: server.url, key, application: 'checkout', instance, cache: false }),
  );
  for (const client of clients) {
    await client.ready();
    for (let user = 0; user < 50; user++) client.isEnabled('new-checkout', { targetingKey: `user-${user}` });
  }
  return async () => {
    await Promise.all(clients.map((client) => client.close()));
  };
}
