import type { Instance } from './instance.ts';

// Why: decision 0148.
/**
 * Puts together what several servers know of one instance name whose SDK has no name of its own. Every stream counts,
 * wherever it is; of what was said, the newest word: nobody knows which of several it came from, so it is that of one.
 */
export function asOneOfEachName(instances: readonly Instance[]): Instance[] {
  const found = new Map<string | Instance, Instance>();
  for (const each of instances) {
    const { audience, instance, client } = each;
    const name = client === null && instance !== null ? `${audience} ${instance}` : each;
    const known = found.get(name);
    found.set(name, known ? together(known, each) : each);
  }
  return [...found.values()];
}

function together(one: Instance, other: Instance): Instance {
  const newer = (field: { [F in keyof Instance]: Instance[F] extends number | null ? F : never }[keyof Instance]) =>
    (other[field] ?? 0) > (one[field] ?? 0) ? other : one;
  const streams = one.streams + other.streams;
  const receipt = newer('appliedAt');
  const evaluation = newer('evaluatedAt');
  const roll = newer('rollCallAt');
  const gone = newer('disconnectedAt');
  const [failure] = [one.failure, other.failure].sort((a, b) => (b?.at ?? 0) - (a?.at ?? 0));
  const { application, sdk, sendsReceipts } = other.streams > 0 ? other : one;
  return {
    ...one,
    application: application ?? one.application,
    sdk: sdk ?? one.sdk,
    sendsReceipts,
    streams,
    connectedAt: latest(one.connectedAt, other.connectedAt),
    disconnectedAt: streams > 0 ? null : gone.disconnectedAt,
    appliedId: receipt.appliedId,
    appliedAt: receipt.appliedAt,
    delayMs: receipt.delayMs,
    evaluatedId: evaluation.evaluatedId,
    evaluatedAt: evaluation.evaluatedAt,
    rollCall: roll.rollCall,
    rollCallAt: roll.rollCallAt,
    polledAt: latest(one.polledAt, other.polledAt),
    pollGapMs: latest(one.pollGapMs, other.pollGapMs),
    leftAt: latest(one.leftAt, other.leftAt),
    failure: failure ?? null,
    lostBelow: gone.lostBelow ?? roll.lostBelow,
    unprovenAt: latest(one.unprovenAt, other.unprovenAt),
  };
}

function latest(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}
