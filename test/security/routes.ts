/**
 * What stands before a route. `open`: nothing, it tells no secrets. `session`: a person's cookie. `password`, `link`,
 * `provider`: what one has to know or bring to come in. `admin`: a token or a session, with a role that allows it.
 */
export type Door = 'open' | 'password' | 'link' | 'provider' | 'session' | 'admin' | 'sdk key' | 'metrics token';

const T = '/api/v1/projects/:project/flags/:flag/environments/:environment';
const E = '/api/v1/projects/:project/environments/:environment';
const P = '/api/v1/projects/:project';

const ADMIN = `
  GET /api/v1/projects
  POST /api/v1/projects
  GET ${P}
  PATCH ${P}
  GET ${P}/environments
  POST ${P}/environments
  GET ${E}
  PATCH ${E}
  GET ${E}/keys
  POST ${E}/keys
  GET ${E}/instances
  GET ${E}/propagation
  GET ${E}/evaluations
  GET ${P}/flags
  POST ${P}/flags
  GET ${P}/flags/:flag
  PATCH ${P}/flags/:flag
  POST ${P}/flags/:flag/archive
  POST ${P}/flags/:flag/unarchive
  GET ${P}/flags/:flag/history
  GET ${T}
  PUT ${T}
  POST ${T}/toggle
  POST ${T}/rollout
  POST ${T}/kill
  POST ${T}/restore
  POST ${T}/targets
  POST ${T}/targets/remove
  PUT ${T}/prerequisites
  PUT ${T}/fallthrough
  PUT ${T}/off
  PATCH ${T}/dials
  POST ${T}/rules
  POST ${T}/rules/reorder
  PATCH ${T}/rules/:rule
  DELETE ${T}/rules/:rule
  POST ${T}/explain
  GET ${T}/evaluations
  GET ${T}/launch
  GET ${P}/attributes
  GET ${P}/segments
  POST ${P}/segments
  GET ${P}/segments/:segment
  PATCH ${P}/segments/:segment
  POST ${P}/segments/:segment/members
  POST ${P}/segments/:segment/archive
  POST ${P}/segments/:segment/unarchive
  GET ${P}/change-requests
  GET ${P}/change-requests/:request
  POST ${P}/change-requests/:request/approve
  POST ${P}/change-requests/:request/reject
  POST ${P}/change-requests/:request/withdraw
  POST ${P}/change-requests/:request/apply
  GET /api/v1/keys
  POST /api/v1/keys
  POST /api/v1/keys/:key/rotate
  POST /api/v1/keys/:key/revoke
  GET /api/v1/changes
  GET /api/v1/changes/verify
  GET /api/v1/changes/:revision
  POST /api/v1/changes/:revision/revert
  GET /api/v1/stream
  GET /api/v1/people
  PATCH /api/v1/people/:person
  POST /api/v1/people/:person/disable
  POST /api/v1/people/:person/enable
  POST /api/v1/people/:person/reset-link
  GET /api/v1/invitations
  POST /api/v1/invitations
  POST /api/v1/invitations/:invitation/revoke
  GET /api/v1/me
`;

/** Every route of a server with a database, by hand: the code is not asked. */
export const ROUTES: Readonly<Record<string, Door>> = {
  'GET /': 'open',
  'GET /health/live': 'open',
  'GET /health/ready': 'open',
  'GET /openapi.json': 'open',
  'GET /openapi': 'open',
  'GET /openapi/:file': 'open',
  'GET /metrics': 'metrics token',
  'GET /sdk/v1/stream': 'sdk key',
  'GET /sdk/v1/ruleset': 'sdk key',
  'POST /sdk/v1/events': 'sdk key',
  'GET /auth/ways': 'open',
  'POST /auth/link': 'link',
  'POST /auth/link/accept': 'link',
  'POST /auth/sign-in/email': 'password',
  'POST /auth/sign-in/oauth2': 'provider',
  'GET /auth/callback/oidc': 'provider',
  'POST /auth/sign-out': 'open',
  'GET /auth/get-session': 'open',
  'GET /auth/list-sessions': 'session',
  'POST /auth/revoke-session': 'session',
  'POST /auth/revoke-other-sessions': 'session',
  'POST /auth/change-password': 'session',
  'POST /auth/two-factor/enable': 'session',
  'POST /auth/two-factor/disable': 'session',
  'POST /auth/two-factor/generate-backup-codes': 'session',
  'POST /auth/two-factor/verify-totp': 'session',
  'POST /auth/two-factor/verify-backup-code': 'session',
  ...Object.fromEntries(
    ADMIN.trim()
      .split(/\n */)
      .map((route) => [route, 'admin' as const]),
  ),
};

/** Of a relay, which has no database and no people. */
export const RELAY_ROUTES = [
  ...['GET /health/live', 'GET /health/ready', 'GET /metrics'],
  ...['GET /sdk/v1/ruleset', 'GET /sdk/v1/stream', 'POST /sdk/v1/events'],
];

/** A route's address, with something in place of its parameters. */
export function fill(path: string, values: Readonly<Record<string, string>> = {}): string {
  const usual: Readonly<Record<string, string>> = {
    project: 'default',
    environment: 'production',
    flag: 'cart',
    segment: 'testers',
    revision: '1',
    ...values,
  };
  return path.replace(/:(\w+)/g, (_, name: string) => usual[name] ?? 'x');
}

/** What a write takes, by the end of its address: so that it is refused for who asks, and not for what is sent. */
const BODIES: readonly (readonly [RegExp, object])[] = [
  [/\/toggle$/, { on: false }],
  [/\/rollout$/, { percent: 10 }],
  [/\/targets$/, { variation: 'on', keys: ['ann'] }],
  [/\/targets\/remove$/, { keys: ['ann'] }],
  [/\/prerequisites$/, { prerequisites: [] }],
  [/\/fallthrough$/, { serve: { variation: 'on' } }],
  [/\/off$/, { variation: 'on' }],
  [/\/rules$/, { rule: { when: [], serve: { variation: 'on' } } }],
  [/\/rules\/reorder$/, { order: [] }],
  [/\/explain$/, { context: { targetingKey: 'ann' } }],
  [/\/members$/, { include: ['bob'] }],
  [/\/environments\/[^/]+\/keys$/, { kind: 'server' }],
  [/\/(projects|environments|flags|segments)$/, { key: 'new' }],
  [/\/invitations$/, { email: 'x@shop.example', grants: [{ role: 'viewer' }] }],
  [/\/(projects|environments|flags|segments|people)\/[^/]+$/, { name: 'another' }],
];

export function bodyFor(path: string): object {
  return BODIES.find(([end]) => end.test(path))?.[1] ?? {};
}
