import { mergeConfig } from 'vitest/config';
import { ALL, NEVER, WHOLE } from './test/where.ts';
import config from './vitest.config.ts';

const { projects: _, ...test } = config.test ?? {};

/** `npm run test:quick`: what starts no process, and so no browser, no PostgreSQL and no build. */
export default mergeConfig(
  { ...config, test },
  { test: { name: 'quick', include: ALL, exclude: [...NEVER, ...WHOLE] } },
);
