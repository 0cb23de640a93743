import type { LaunchDials } from '@dimmer/core';

/** What holds where neither server nor code say otherwise. Each is explained at `LaunchDials`. */
const DEFAULTS = {
  samplePercent: 100,
  noisePercent: 1,
  verifyPercent: 0,
  timeoutMs: 5_000,
  maxInFlight: 10,
  maxPerMinute: 6_000,
  maxBlockMs: 25,
  maxBusyPercent: 0.2,
  maxLagMs: 50,
  maxHeapPercent: 80,
  fleetCallsPerSecond: 10,
} as const;

/** The dials that are numbers. */
type Dial = keyof typeof DEFAULTS;

/** How a dial stands. */
export type Dials = (name: Dial) => number;

/** The server's word, else the code's, else the default. What is no number of at least 0 is not a word. */
export function dialsOf(
  fromServer: LaunchDials | undefined,
  fromCode: Omit<LaunchDials, 'ignore'> & { readonly verify?: unknown },
): Dials {
  return (name) =>
    numberIn(fromServer?.[name]) ??
    numberIn(fromCode[name]) ??
    (name === 'verifyPercent' && fromCode.verify === true ? 100 : DEFAULTS[name]);
}

function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 ? value : undefined;
}
