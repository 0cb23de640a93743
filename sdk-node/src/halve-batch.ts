/** A batch as `client/src/reporter.ts` makes it, as far as it is divided. */
interface Batch {
  readonly batch: string;
  readonly receipts?: readonly unknown[];
  readonly summaries?: readonly { readonly counts: readonly unknown[] }[];
  readonly launches?: readonly unknown[];
}

/**
 * Makes two batches of one that a server, or something before it, finds too large. Each has a name of its own, made from
 * the former, so that it is counted once as well.
 *
 * @param text a batch as the reporter makes it
 * @returns two texts; none if the batch holds a single thing, which will then never be taken
 */
export function halveBatch(text: string): readonly string[] {
  const { batch, receipts = [], summaries = [], launches = [], ...head } = JSON.parse(text) as Batch;
  const counts = summaries.flatMap(({ counts, ...summary }) =>
    counts.map((count) => ({ ...summary, counts: [count] })),
  );
  const all = [
    ...receipts.map((each) => ({ receipts: [each] })),
    ...counts.map((each) => ({ summaries: [each] })),
    ...launches.map((each) => ({ launches: [each] })),
  ];
  if (all.length < 2) return [];
  const middle = Math.ceil(all.length / 2);
  return [all.slice(0, middle), all.slice(middle)].map((half, index) => {
    const of = <Name extends keyof Batch>(name: Name) => half.flatMap((each: Partial<Batch>) => each[name] ?? []);
    return JSON.stringify({
      batch: `${batch}${'ab'[index]}`,
      ...head,
      receipts: of('receipts'),
      summaries: merged(of('summaries') as Batch['summaries'] & object),
      ...(launches.length && { launches: of('launches') }),
    });
  });
}

/** Counts of one summary, which were taken apart, together again. */
function merged(summaries: readonly { readonly counts: readonly unknown[] }[]): unknown[] {
  const together = new Map<string, unknown[]>();
  for (const { counts, ...summary } of summaries) {
    const name = JSON.stringify(summary);
    together.set(name, [...(together.get(name) ?? []), ...counts]);
  }
  return [...together].map(([summary, counts]) => ({ ...JSON.parse(summary), counts }));
}
