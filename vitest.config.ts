import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
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
const ALONE = ['test/sdk-checks/{d-parsing,g-reports,i-lifecycle}.test.ts', 'test/faults/short-server.test.ts'];
const NEVER = ['**/node_modules/**', '**/dist/**'];

// Why: decision 0167.
/** What waits for processes, browsers and conditions begins first, and what only computes fills the time. */
class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // By project, and in each the longest first.
    const sorted = await super.sort(files);
    return ['alone', 'whole', 'pure'].flatMap((name) => sorted.filter(({ project }) => project.name === name));
  }
}

export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    // Four, also on two cores, where the default is one: many tests wait for processes, databases and browsers.
    maxWorkers: 4,
    // All but a few share what they load: to load it anew for each file was a third of all work.
    isolate: false,
    setupFiles: ['test/set-up.ts'],
    globalSetup: 'test/global-set-up.ts',
    sequence: { sequencer: WaitingFirst },
    // Only so that a run ends that hangs: no test says by its time that something is wrong.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: PATIENCE_MS } },
    projects: [
      {
        extends: true,
        test: { name: 'whole', include: WHOLE, exclude: [...NEVER, ...ALONE] },
      },
      {
        extends: true,
        test: { name: 'alone', include: ALONE, exclude: NEVER, isolate: true },
      },
      {
        extends: true,
        test: {
          name: 'pure',
          include: ['*/test/**/*.test.ts'],
          exclude: [...NEVER, ...WHOLE],
          setupFiles: ['test/set-up-pure.ts'],
        },
      },
    ],
  },
});
