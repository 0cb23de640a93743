import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintLink } from '../src/access/link.ts';
import { mintToken } from '../src/access/token.ts';
import { createEnvironment } from '../src/commands/environments.ts';
import { createFlag } from '../src/commands/flags.ts';
import { createInvitation } from '../src/commands/invitations.ts';
import { createKey } from '../src/commands/keys.ts';
import { createPerson } from '../src/commands/people.ts';
import { createProject } from '../src/commands/projects.ts';
import { addRule } from '../src/commands/rules.ts';
import { createSegment } from '../src/commands/segments.ts';
import { openApi } from './api-fixture.ts';

/**
 * What each route is, by hand: the code is not asked what it does. A route without a row fails the test.
 * `seen`: everybody may ask, and gets what he may read. `… request`: about a change request in production of the shop.
 * `managers`: whoever is an admin of something; `manage person`: about somebody who is a viewer of the shop.
 */
const ROUTES: Record<string, string> = {
  'GET /projects': 'seen',
  'POST /projects': 'install',
  'GET /projects/{project}': 'read',
  'PATCH /projects/{project}': 'manage',
  'GET /projects/{project}/environments': 'read',
  'POST /projects/{project}/environments': 'manage',
  'GET /projects/{project}/environments/{environment}': 'read',
  'PATCH /projects/{project}/environments/{environment}': 'manage',
  'GET /projects/{project}/environments/{environment}/keys': 'manage',
  'POST /projects/{project}/environments/{environment}/keys': 'manage',
  'GET /projects/{project}/environments/{environment}/instances': 'read',
  'GET /projects/{project}/environments/{environment}/propagation': 'read',
  'GET /projects/{project}/environments/{environment}/evaluations': 'read',
  'GET /projects/{project}/flags': 'read',
  'POST /projects/{project}/flags': 'write',
  'GET /projects/{project}/flags/{flag}': 'read',
  'PATCH /projects/{project}/flags/{flag}': 'write',
  'POST /projects/{project}/flags/{flag}/archive': 'write',
  'POST /projects/{project}/flags/{flag}/unarchive': 'write',
  'GET /projects/{project}/flags/{flag}/history': 'read',
  'GET /projects/{project}/flags/{flag}/environments/{environment}': 'read',
  'PUT /projects/{project}/flags/{flag}/environments/{environment}': 'write',
  'POST /projects/{project}/flags/{flag}/environments/{environment}/toggle': 'operate',
  'POST /projects/{project}/flags/{flag}/environments/{environment}/rollout': 'operate',
  'POST /projects/{project}/flags/{flag}/environments/{environment}/kill': 'kill',
  'POST /projects/{project}/flags/{flag}/environments/{environment}/restore': 'operate',
  'POST /projects/{project}/flags/{flag}/environments/{environment}/targets': 'write',
  'POST /projects/{project}/flags/{flag}/environments/{environment}/targets/remove': 'write',
  'PUT /projects/{project}/flags/{flag}/environments/{environment}/prerequisites': 'write',
  'PUT /projects/{project}/flags/{flag}/environments/{environment}/fallthrough': 'write',
  'PUT /projects/{project}/flags/{flag}/environments/{environment}/off': 'write',
  'PATCH /projects/{project}/flags/{flag}/environments/{environment}/dials': 'operate',
  'POST /projects/{project}/flags/{flag}/environments/{environment}/rules': 'write',
  'POST /projects/{project}/flags/{flag}/environments/{environment}/rules/reorder': 'write',
  'PATCH /projects/{project}/flags/{flag}/environments/{environment}/rules/{rule}': 'write',
  'DELETE /projects/{project}/flags/{flag}/environments/{environment}/rules/{rule}': 'write',
  'POST /projects/{project}/flags/{flag}/environments/{environment}/explain': 'read',
  'GET /projects/{project}/flags/{flag}/environments/{environment}/evaluations': 'read',
  'GET /projects/{project}/flags/{flag}/environments/{environment}/launch': 'read',
  'GET /projects/{project}/attributes': 'read',
  'GET /projects/{project}/segments': 'read',
  'POST /projects/{project}/segments': 'write',
  'GET /projects/{project}/segments/{segment}': 'read',
  'PATCH /projects/{project}/segments/{segment}': 'write',
  'POST /projects/{project}/segments/{segment}/members': 'write',
  'POST /projects/{project}/segments/{segment}/archive': 'write',
  'POST /projects/{project}/segments/{segment}/unarchive': 'write',
  'GET /changes?project={project}': 'read',
  'GET /changes/verify': 'install',
  'GET /changes/{revision}': 'read',
  'POST /changes/{revision}/revert': 'write',
  'GET /keys': 'seen',
  'POST /keys': 'manage',
  'POST /keys/{key}/rotate': 'manage',
  'POST /keys/{key}/revoke': 'manage',
  'GET /me': 'seen',
  'GET /stream': 'read somewhere',
  'GET /people': 'managers',
  'PATCH /people/{person}': 'manage person',
  'POST /people/{person}/disable': 'manage person',
  'POST /people/{person}/enable': 'manage person',
  'POST /people/{person}/reset-link': 'manage person',
  'GET /invitations': 'managers',
  'POST /invitations': 'managers',
  'POST /invitations/{invitation}/revoke': 'manage person',
  'GET /projects/{project}/change-requests': 'read',
  'GET /projects/{project}/change-requests/{request}': 'read request',
  'POST /projects/{project}/change-requests/{request}/approve': 'write request',
  'POST /projects/{project}/change-requests/{request}/reject': 'write request',
  'POST /projects/{project}/change-requests/{request}/withdraw': 'manage request',
  'POST /projects/{project}/change-requests/{request}/apply': 'operate request',
};

/** Again by hand. */
const MAY: Record<string, readonly string[]> = {
  viewer: ['read'],
  operator: ['read', 'operate', 'kill'],
  editor: ['read', 'operate', 'write', 'kill'],
  admin: ['read', 'operate', 'write', 'kill', 'manage', 'install'],
  'break-glass': ['kill'],
};
const REACHES = ['everything', 'shop', 'production'] as const;

let api: Awaited<ReturnType<typeof openApi>>;
const tokens = new Map<string, string>();
let aKey = '';
let aRequest = '';
let anInvitation = '';
let aChange = 0;

beforeAll(async () => {
  api = await openApi();
  await api.act(createProject({ key: 'other' }));
  await api.act(createEnvironment('other', { key: 'production' }));
  for (const project of ['shop', 'other']) {
    await api.act(createFlag(project, { key: 'cart' }));
    await api.act(createSegment(project, { key: 'testers', included: ['ann'] }));
  }
  const { change } = await api.act(
    addRule(
      { project: 'shop', flag: 'cart', environment: 'production' },
      { rule: { id: 'r1', when: [], serve: { variation: 'off' } } },
    ),
  );
  aChange = change?.revision ?? 0;
  for (const role of Object.keys(MAY) as 'viewer'[]) {
    for (const reach of REACHES) {
      const minted = mintToken('admin');
      const project = reach === 'everything' ? null : 'shop';
      const environment = reach === 'production' ? 'production' : null;
      await api.act(createKey({ kind: 'admin', role, project, environment }, { name: `${role} of ${reach}` }, minted));
      tokens.set(`${role} ${reach}`, minted.text);
    }
  }
  const minted = mintToken('server');
  await api.act(createKey({ kind: 'server', project: 'shop', environment: 'production' }, { name: 'sdk' }, minted));
  aKey = minted.selector;
  const grants = [{ role: 'viewer', project: 'shop', environment: null }] as const;
  await api.act(createPerson({ id: 'vera', email: 'vera@shop.example', name: 'Vera', grants }));
  anInvitation = mintLink('').selector;
  const link = { purpose: 'invitation', email: 'willi@shop.example', person: null, grants } as const;
  await api.act(createInvitation(link, { selector: anInvitation, secretHash: 'a'.repeat(64) }));
  const path = '/api/v1/projects/shop/flags/cart/environments/production/toggle?propose=true';
  const { body } = await api.call('POST', path, { on: true, reason: 'it is time' });
  aRequest = body.changeRequest.id;
});
afterAll(() => api.close());

function fill(path: string, project: string, environment: string): string {
  const values = {
    project,
    environment,
    flag: 'cart',
    segment: 'testers',
    rule: 'r1',
    key: aKey,
    revision: aChange,
    person: 'vera',
    invitation: anInvitation,
    request: aRequest,
  };
  return path.replace(/\{(\w+)\}/g, (_, name) => String(values[name as keyof typeof values]));
}

/** Whether a token of this role and reach may use a route on something of this place. */
function isAllowed(route: string, role: string, reach: (typeof REACHES)[number], project: string, environment: string) {
  const action = ROUTES[route] as string;
  if (action === 'seen') return true;
  if (action === 'read somewhere') return MAY[role]?.includes('read') ?? false;
  if (action === 'managers') return role === 'admin';
  if (action === 'manage person') return role === 'admin' && reach !== 'production';
  const [verb, isRequest] = action.split(' ');
  if (isRequest) return project === 'shop' && (MAY[role]?.includes(verb as string) ?? false);
  if (!MAY[role]?.includes(action)) return false;
  if (reach === 'everything') return true;
  if (action === 'install') return false;
  const path = route.split(' ')[1] as string;
  // What these name belongs to production of the shop, whatever stands in the path.
  const isOfProduction = /\{(key|revision)\}/.test(path);
  const inProject = path === '/keys' ? null : isOfProduction ? 'shop' : project;
  if (inProject !== 'shop') return false;
  if (reach === 'shop') return true;
  if (isOfProduction) return true;
  if (path.includes('{environment}')) return environment === 'production';
  // What all environments share is read, but for the history of others.
  return action === 'read' && !/history$|^\/changes/.test(path);
}

describe('Permissions', () => {
  it('have a row for every route', async () => {
    const { paths } = (await api.call('GET', '/openapi.json')).body;
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path.replace('/api/v1', '')}`),
    );
    const rows = Object.keys(ROUTES).map((route) => route.split('?')[0]);
    expect(routes.toSorted()).toEqual(rows.toSorted());
  });

  it('are as the table says, for every route, role and reach, in every place', async () => {
    const wrong: string[] = [];
    let rows = 0;
    for (const route of Object.keys(ROUTES)) {
      const [method, path] = route.split(' ') as [string, string];
      for (const role of Object.keys(MAY)) {
        for (const reach of REACHES) {
          for (const [project, environment] of [
            ['shop', 'production'],
            ['shop', 'staging'],
            ['other', 'production'],
          ] as const) {
            rows += 1;
            const token = tokens.get(`${role} ${reach}`) as string;
            // A body that no route takes: whoever is let in is told so, and nothing is changed.
            const nothing = /request|person/.test(ROUTES[route] as string) ? {} : { nothing: 'of the kind' };
            const body = method === 'GET' || method === 'DELETE' ? undefined : nothing;
            const target = `/api/v1${fill(path, project, environment)}${method === 'DELETE' ? '?nothing=1' : ''}`;
            const { status, body: answer } = await api.call(method, target, body, { token });
            const code = answer.error?.code;
            // A change or key that one may not see is as if it were not there.
            const isRefused =
              status === 403 || /^(CHANGE|KEY|PERSON|INVITATION|CHANGE_REQUEST)_NOT_FOUND$/.test(code ?? '');
            const isShape = /^(BODY|QUERY)_INVALID$/.test(code ?? '');
            const allowed = isAllowed(route, role, reach, project, environment);
            if (allowed === isRefused && !(!allowed && isShape && decidesLate(route)))
              wrong.push(`${role} of ${reach}: ${route} in ${project}/${environment}: ${status} ${code ?? ''}`);
          }
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(rows).toBeGreaterThan(2_000);
  });
});

/** Routes that are about no project in their path look at the shape first, and say nothing by it. */
function decidesLate(route: string): boolean {
  return !route.includes('{project}');
}
