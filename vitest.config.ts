import { defineConfig } from 'vitest/config';
import { PATIENCE_MS } from './test/patience.ts';

// Why: decision 0111.
/**
 * What starts a process, a database or a browser: all tests of the whole (`test/`, `examples/`, `demo/`), those of a
 * package that say so in their name, and those on PostgreSQL.
 * CONTRIBUTING.md says what each costs, and test/house/ that no test is in the wrong place.
 */
const WHOLE = [
  'test/**/*.test.ts',
  'examples/**/*.test.ts',
  'demo/**/*.test.ts',
  '*/test/**/*.process.test.ts',
  'server/test/postgres/**/*.test.ts',
];
/** Those that count the sockets, timers and bytes of their own process: each has one to itself. */
const ALONE = ['test/sdk-checks/**/*.test.ts', 'test/faults/short-*.test.ts'];
const NEVER = ['**/node_modules/**', '**/dist/**'];

export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    // Four, also on two cores, where the default is one: many tests wait for processes, databases and browsers.
    maxWorkers: 4,
    // All but a few share what they load: to load it anew for each file was a third of all work.
    isolate: false,
    setupFiles: ['test/set-up.ts'],
    // Only so that a run ends that hangs: no test says by its time that something is wrong.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: PATIENCE_MS } },
    projects: [
      {
        extends: true,
        test: { name: 'whole', include: WHOLE, exclude: [...NEVER, ...ALONE], globalSetup: 'test/global-set-up.ts' },
      },
      {
        extends: true,
        test: { name: 'alone', include: ALONE, exclude: NEVER, isolate: true, globalSetup: 'test/global-set-up.ts' },
      },
      { extends: true, test: { name: 'pure', include: ['*/test/**/*.test.ts'], exclude: [...NEVER, ...WHOLE] } },
    ],
  },
});
