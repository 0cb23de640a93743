import type { SwitchbackSummary } from '@dimmer/core';
import { BUCKETS, sparseOf } from '@dimmer/core/histogram';
import type { LaunchSummary } from './launch-summary.ts';
import { mergeTimes, plus } from './path-figures.ts';
import type { Room } from './room.ts';

/** What processes say of the present, as of a minute: the lowest and the highest of them. */
interface PercentAt {
  /** Start of the minute, ms since 1970. */
  readonly at: number;
  readonly low: number;
  readonly high: number;
}

/** A switchback of one or many processes, as it is stored. */
export interface Switchback extends Omit<SwitchbackSummary, 'sharePercent' | 'harmedAtPercent'> {
  /** Percent of the calls that may have a shadow. */
  readonly share: PercentAt;
  /** The share at which harm was seen last; absent: it was not seen. */
  readonly harmedAt?: PercentAt | undefined;
}

/** Of one SDK, as it is sent; `minute` is the one that it counts in. */
export function switchbackOf(said: NonNullable<LaunchSummary['switchback']>, minute: number): Switchback {
  const { sharePercent, harmedAtPercent, ...rest } = said;
  return {
    ...rest,
    share: { at: minute, low: sharePercent, high: sharePercent },
    ...(harmedAtPercent !== undefined && { harmedAt: { at: minute, low: harmedAtPercent, high: harmedAtPercent } }),
  };
}

/** Switchbacks of several processes and minutes, merged. The order in which they come makes no difference. */
export class SwitchbackFigures {
  worse = 0;
  better = 0;
  longer = 0;
  notLonger = 0;
  stops = 0;
  share: PercentAt | undefined;
  harmedAt: PercentAt | undefined;
  readonly with = new Float64Array(BUCKETS);
  readonly without = new Float64Array(BUCKETS);

  /** @param room of the row that it will be written to */
  add(added: Switchback, room: Room): void {
    this.worse = plus(this.worse, added.worse);
    this.better = plus(this.better, added.better);
    this.longer = plus(this.longer, added.longer ?? 0);
    this.notLonger = plus(this.notLonger, added.notLonger ?? 0);
    this.stops = plus(this.stops, added.stops);
    this.share = later(this.share, added.share);
    this.harmedAt = later(this.harmedAt, added.harmedAt);
    mergeTimes(this.with, added.with, room);
    mergeTimes(this.without, added.without, room);
  }

  toObservation(): Switchback | undefined {
    const { worse, better, longer, notLonger, stops, share, harmedAt } = this;
    if (!share) return undefined;
    const histograms = { with: sparseOf(this.with), without: sparseOf(this.without) };
    return { worse, better, longer, notLonger, ...histograms, stops, share, ...(harmedAt && { harmedAt }) };
  }
}

/** The newer minute counts; of one minute, both ends of what was said. */
function later(one: PercentAt | undefined, other: PercentAt | undefined): PercentAt | undefined {
  if (!one || !other) return one ?? other;
  if (one.at !== other.at) return one.at > other.at ? one : other;
  return { at: one.at, low: Math.min(one.low, other.low), high: Math.max(one.high, other.high) };
}
