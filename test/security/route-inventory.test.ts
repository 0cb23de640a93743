import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../server/src/config.ts';
import { silentLogger } from '../../server/src/logger.ts';
import { openRelay } from '../../server/src/relay/relay.ts';
import { openApi } from '../../server/test/api-fixture.ts';
import { RELAY_ROUTES, ROUTES } from './routes.ts';

interface Routed {
  readonly routes: readonly { readonly method: string; readonly path: string }[];
}

/** What an app answers, without what stands before its routes. */
const answered = ({ routes }: Routed) =>
  [...new Set(routes.map(({ method, path }) => `${method} ${path}`))].filter((route) => !route.includes('*')).sort();
/** What stands before them, or answers whatever is left. */
const wild = ({ routes }: Routed) =>
  [...new Set(routes.map(({ method, path }) => `${method} ${path}`))].filter((route) => route.includes('*')).sort();

describe('T23 The routes of a server', () => {
  it('are these, each behind its door, and no others: a new one is written down here first', async () => {
    const api = await openApi();
    expect(answered(api.app)).toEqual(Object.keys(ROUTES).sort());
    // Guards, CORS of SDKs, and, where it is built, the dashboard's one page.
    expect(wild(api.app)).toEqual(['ALL /*', 'ALL /api/v1/*', 'ALL /auth/*', 'ALL /sdk/v1/*', 'OPTIONS /sdk/v1/*']);
    await api.close();
  });

  it('that is a relay are fewer: no API, no sign-in, no pages', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dimmer-relay-'));
    const outcome = readConfig({ DIMMER_UPSTREAM: 'http://127.0.0.1:9', DIMMER_RELAY_FOLDER: folder });
    if (!outcome.ok || outcome.config.upstream === null) throw new Error('unexpected');
    const world = { logger: silentLogger, now: Date.now, listeningAt: () => '' };
    const relay = openRelay(outcome.config, outcome.config.upstream, world);
    expect(answered(relay.app as unknown as Routed)).toEqual(RELAY_ROUTES);
    await relay.release();
    await rm(folder, { recursive: true });
  });
});
