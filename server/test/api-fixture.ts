import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { credentialOfPerson } from '../src/access/credential-now.ts';
import { hashSecret } from '../src/access/token.ts';
import { ChangeStreams } from '../src/api/change-stream.ts';
import { referencePage } from '../src/api/reference-page.ts';
import { createApp } from '../src/app.ts';
import { Evaluations } from '../src/evaluations/evaluations.ts';
import { ReadinessCheck } from '../src/health/readiness.ts';
import { ApiError } from '../src/http/api-error.ts';
import { Hub } from '../src/hub/hub.ts';
import { InstanceRegistry } from '../src/instances/instance-registry.ts';
import { Propagations } from '../src/instances/propagations.ts';
import { KeyUses } from '../src/keys/key-uses.ts';
import { Launches } from '../src/launches/launches.ts';
import { silentLogger } from '../src/logger.ts';
import { Metrics } from '../src/metrics/metrics.ts';
import { LogRulesets } from '../src/ruleset/log-rulesets.ts';
import { RulesetView } from '../src/ruleset/ruleset-view.ts';
import { EventLimit } from '../src/sdk/event-limit.ts';
import { localKeys } from '../src/sdk/key-gate.ts';
import type { SignIn } from '../src/sign-in/sign-in.ts';
import type { State } from '../src/state/state.ts';
import { openShop, type ShopOptions } from './change-log-fixture.ts';
import { keepsContract } from './keeps-contract.ts';

/** Where `npm run build` takes the viewer of the API from. */
const VIEWER = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

export const ADMIN_TOKEN = 'a-fixed-admin-token-for-tests';

/** What `call` resolves with. `body` is whatever JSON came back; tests say what they expect of it. */
export interface Called {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the answers of all routes; every test asserts its own shape
  readonly body: any;
}

interface CallOptions {
  readonly token?: string | null;
  /** Whose session it is, by id; instead of a token. */
  readonly person?: string;
  readonly ifMatch?: string;
  readonly headers?: Record<string, string>;
}

/** The whole app over the shop of `openShop`, without a port. Stop it with `close`. */
export async function openApi(options: ShopOptions & { readonly now?: () => number } = {}) {
  const shop = await openShop(options);
  const { log, state } = shop;
  const now = options.now ?? Date.now;
  const logged: string[] = [];
  const logger = {
    ...silentLogger,
    error: (message: string, fields = {}) => void logged.push(message + JSON.stringify(fields)),
  };
  const rulesets = new LogRulesets(log, (scope) => new RulesetView(state, scope));
  const hub = new Hub(rulesets, { maxStreams: 10, now });
  const evaluations = new Evaluations({
    store: {
      add: async () => {},
      read: async () => [],
      lastEvaluations: async () => [],
      prune: async () => 0,
    } as never,
    knowsFlag: () => true,
    knowsVariation: () => true,
    keepDays: 1,
    now,
    logger,
  });
  const launches = new Launches({
    store: { put: async () => {}, read: async () => ({ minutes: [], next: undefined }), prune: async () => 0 },
    knowsLaunch: () => true,
    now,
    logger,
  });
  const instances = new InstanceRegistry(now);
  const app = createApp({
    keyUses: new KeyUses({ store: { put: async () => {}, read: async () => [] }, now, logger }),
    signIn: sessionsByName(state),
    publicUrl: () => 'http://localhost',
    dashboard: null,
    reference: referencePage(VIEWER),
    changeStreams: new ChangeStreams({ changeLog: log, current: (credential) => credential, lasts: async () => true }),
    propagations: new Propagations({ changeLog: log, registry: instances, shared: null }),
    changeLog: log,
    keys: localKeys({ state, now, adminTokenHash: hashSecret(ADMIN_TOKEN) }),
    events: { take: () => [], holds: () => [] },
    eventLimit: new EventLimit({ browsersPerAddress: 0 }),
    isBehind: () => false,
    addressOf: () => '127.0.0.1',
    hub,
    evaluations,
    launches,
    metrics: new Metrics(),
    instances,
    logger,
    now,
    readiness: new ReadinessCheck({ isDraining: () => false, probeStore: async () => {} }),
    mayReadMetrics: () => {},
    adminTokenHash: hashSecret(ADMIN_TOKEN),
  });

  /** One request, with the admin token unless told otherwise. `null` sends none. */
  const call = async (method: string, path: string, body?: unknown, more: CallOptions = {}): Promise<Called> => {
    const token = more.person !== undefined ? null : more.token === undefined ? ADMIN_TOKEN : more.token;
    const address = path.startsWith('/') ? path : `/api/v1/projects/shop/${path}`;
    const response = await app.request(address, {
      method,
      headers: {
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(more.person !== undefined && { cookie: `person=${more.person}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(more.ifMatch !== undefined && { 'if-match': more.ifMatch }),
        ...more.headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
      await response.body?.cancel();
      return { status: response.status, headers: response.headers, body: {} };
    }
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    const called = {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : text || null,
    };
    if (isJson) keepsContract(method, address, called);
    return called;
  };

  const close = async () => {
    hub.close();
    await evaluations.close();
    await launches.close();
    await shop.store.close();
  };
  return { ...shop, app, call, logged, close };
}

/** Stands in for sign-in, which needs a quarter of a second for each password: the cookie names the person. */
function sessionsByName(state: State): SignIn {
  return {
    async enter(headers: Headers) {
      const [, id] = /^person=(.+)$/.exec(headers.get('cookie') ?? '') ?? [];
      if (id === undefined) return null;
      const credential = credentialOfPerson(state, id);
      if (credential === null) throw new ApiError('PERSON_DISABLED', 'Disabled.');
      return { credential, cookies: [] };
    },
    account: async () => null,
    accounts: async () => new Map(),
    sessions: { endAll: async () => {} },
  } as unknown as SignIn;
}
