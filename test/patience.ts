import { vi } from 'vitest';

/** Vitest's own second is short on two cores that run three files at once; who waits for less says so. */
const PATIENCE_MS = 10_000;

const { waitFor } = vi;
vi.waitFor = (condition, options) =>
  waitFor(condition, typeof options === 'number' ? options : { timeout: PATIENCE_MS, ...options });
