import { describe, expect, it } from 'vitest';
import { streamLimit } from '../../src/hub/file-limit.ts';
import { silentLogger } from '../../src/logger.ts';

describe('the limit of streams', () => {
  it('is what was asked for, if there are files enough', () => {
    expect(streamLimit(20, silentLogger)).toBe(20);
  });

  it.runIf(process.platform === 'linux')('is what the limit on open files allows, and says so if that is less', () => {
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
    const possible = streamLimit(null, logger);
    expect(warnings).toEqual([]);
    expect(streamLimit(1_000_000_000, logger)).toBe(possible);
    expect(warnings).toEqual([expect.stringContaining('ulimit -n')]);
  });
});
