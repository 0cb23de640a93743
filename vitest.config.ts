import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { PATIENCE_MS } from './test/patience.ts';
import { ALL, ALONE, isWhole, NEVER } from './test/where.ts';

// Why: decision 0167.
/** What waits for processes, browsers and conditions begins first, and what only computes fills the time. */
class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // In each group the longest first.
    const sorted = await super.sort(files);
    const place = ({ project, moduleId }: TestSpecification) =>
      project.name === 'alone' ? 0 : isWhole(moduleId) ? 1 : 2;
    return [0, 1, 2].flatMap((group) => sorted.filter((file) => place(file) === group));
  }
}

export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    // Four, also on two cores, where the default is one: many tests wait for processes, databases and browsers.
    maxWorkers: 4,
    // All but a few share what they load: to load it anew for each file was a third of all work.
    isolate: false,
    setupFiles: ['test/set-up.ts', 'test/set-up-processes.ts'],
    globalSetup: 'test/global-set-up.ts',
    sequence: { sequencer: WaitingFirst },
    // Only so that a run ends that hangs: no test says by its time that something is wrong.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: PATIENCE_MS } },
    projects: [
      // One for both groups: each project translates all modules for itself, and loads them in processes of its own.
      { extends: true, test: { name: 'shared', include: ALL, exclude: [...NEVER, ...ALONE] } },
      { extends: true, test: { name: 'alone', include: ALONE, exclude: NEVER, isolate: true } },
    ],
  },
});
