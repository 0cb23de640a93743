/** What holds in every test file: waits are patient, and a failure by time says that it is one. */
import { beforeEach, vi } from 'vitest';
import { PATIENCE_MS, tooSlowFor } from './patience.ts';

type WaitFor = typeof vi.waitFor;
const PATIENT = Symbol.for('dimmer.patient');
const now = performance.now.bind(performance);

// Files that share their modules run this again each.
if (!(PATIENT in vi.waitFor)) {
  const { waitFor } = vi;
  const patient: WaitFor = async (condition, options) => {
    const startedAt = now();
    const interval = typeof options === 'object' ? options.interval : undefined;
    try {
      return await waitFor(condition, { timeout: PATIENCE_MS, ...(interval !== undefined && { interval }) });
    } catch (error) {
      if (error instanceof Error) error.message = `${tooSlowFor('this holds', now() - startedAt)}: ${error.message}`;
      throw error;
    }
  };
  vi.waitFor = Object.assign(patient, { [PATIENT]: true });
}

beforeEach(({ onTestFailed }) => {
  onTestFailed(({ task }) => {
    for (const error of task.result?.errors ?? []) {
      const [, ms] = /timed out in (\d+) ?ms/.exec(error.message) ?? [];
      if (ms) error.message = `${tooSlowFor('this test had ended', Number(ms))}\n${error.message}`;
    }
  });
});
