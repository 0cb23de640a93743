import { PARTS } from '@dimmer/core';
import type { Serve } from '../api/targeting.ts';
import { formatPercent } from './percent.ts';
import { shownText } from './shown-text.ts';

/** What is served, as people say it: `on`; `10 % on, 90 % off`; `5 % on (by companyId)`. */
export function serveSentence(serve: Serve): string {
  if ('variation' in serve) return shownText(serve.variation);
  const shares = [...sharesOf(serve)].map(
    ([variation, percent]) => `${formatPercent(percent)} ${shownText(variation)}`,
  );
  return shares.join(', ') + (serve.by === undefined ? '' : ` (by ${shownText(serve.by)})`);
}

/** Percent by variation. One variation may have several slices: they are summed. */
export function sharesOf(serve: Serve): ReadonlyMap<string, number> {
  if ('variation' in serve) return new Map([[serve.variation, 100]]);
  const parts = new Map<string, number>();
  for (const slice of serve.slices) parts.set(slice.variation, (parts.get(slice.variation) ?? 0) + slice.parts);
  return new Map([...parts].filter(([, all]) => all > 0).map(([variation, all]) => [variation, (all * 100) / PARTS]));
}

/** The same beside what is served when the flag is off: its share goes without saying. `10 % on` instead of `10 % on, 90 % off`. */
export function servedText(serve: Serve, off: string): string {
  if ('variation' in serve) return shownText(serve.variation);
  const others = serve.slices.filter(({ variation, parts }) => variation !== off && parts > 0);
  if (others.length === 0) return shownText(off);
  return serveSentence({ ...serve, slices: others });
}
