import type { FlagType, Variation } from '../../../api/flags.ts';

/** Told apart by those who do not see red and green, in light and in the dark; after them grey in steps. */
const COLOURS = ['#8a93a6', '#f2a90c', '#5f71df', '#12a594', '#d6409f', '#e5622e', '#7c66dc', '#30a46c', '#0588f0'];

const UNLIT = 'light-dark(#b9bfcc, #596074)';

/** The colour of a variation, the same wherever it is drawn. */
export function variationColour(
  type: FlagType,
  { key, value }: Pick<Variation, 'key' | 'value'>,
  index: number,
): string {
  if (type === 'boolean') return value === true ? 'var(--dimmer-lit)' : UNLIT;
  if (type === 'launch') return key === 'live' ? 'var(--dimmer-lit)' : key === 'dark' ? 'var(--dimmer-dark)' : UNLIT;
  return COLOURS[index] ?? `hsl(${(index * 47) % 360} 45% 50%)`;
}
