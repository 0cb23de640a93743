import { createClient, type Logger } from '@dimmer/node';

/** Flags of the benchmark: a launch for each stage, and one that nobody has, of which some are live. */
export type Stage = 'off' | 'split' | 'dark' | 'live';

/** A client that holds rules and speaks to no server; a launch under each of the names. */
export function clientWith(
  stages: Readonly<Record<string, Stage>>,
  dials: object = {},
  logger: Logger | false = false,
) {
  const flags = Object.fromEntries(Object.entries(stages).map(([key, stage]) => [key, flagAt(stage, dials)]));
  const bootstrap = { schema: 1, hash: 1, id: '1.000000000001', at: 0, flags, segments: {} };
  return createClient({ url: '', key: '', bootstrap: JSON.stringify(bootstrap), cache: false, logger });
}

function flagAt(stage: Stage, dials: object) {
  const slices = [
    { variation: 'live', parts: 1 },
    { variation: 'off', parts: 99_999 },
  ];
  return {
    type: 'launch',
    on: stage !== 'off',
    off: 'off',
    seed: 'bench',
    dials,
    variations: ['off', 'dark', 'live'].map((key) => ({ key, value: key })),
    fallthrough: stage === 'split' ? { slices } : { variation: stage },
  };
}
