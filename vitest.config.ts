import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    include: ['*/test/**/*.test.ts', 'test/**/*.test.ts', 'examples/**/*.test.ts', 'demo/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    // Three, also on two cores, where the default is one: many tests wait for processes, databases and browsers.
    maxWorkers: 3,
    setupFiles: ['test/patience.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
