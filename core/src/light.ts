/**
 * How far up a flag is, in one number that means the same wherever it is shown: lists, pages, the command line. An entry
 * of its own: no SDK carries it.
 */
import { answersByCandidate, MIGRATION_STAGES, migrationStageAt } from './flag-types.ts';
import type { FlagType, JsonValue } from './index.ts';

/** What is needed of a flag to say how lit it is. Values may be of any kind: a page does not know them all. */
export interface Lamp {
  readonly type: FlagType;
  readonly variations: readonly { readonly key: string; readonly value: JsonValue | unknown }[];
}

export interface Light {
  /** Percent that gets the new, 0 to 100: see `lightOf`. */
  readonly lit: number;
  /** Of a launch: percent for whom the candidate runs unseen, 0 to 100. */
  readonly dark: number;
}

/**
 * Which variations of a flag count as light: `true` of a boolean, `live` of a launch, of a migration every stage that
 * serves the new side, of all others everything but the first.
 */
export function litVariations({ type, variations }: Lamp): (variation: string) => boolean {
  switch (type) {
    case 'boolean':
      return (key) => variations.find((variation) => variation.key === key)?.value === true;
    case 'launch':
      return (key) => key === 'live';
    case 'migration':
      return answersByCandidate;
    default:
      return (key) => key !== variations[0]?.key;
  }
}

/**
 * The light of a flag where no rule matches. Of a boolean flag or a launch it is the percentage that gets `true` or
 * `live`: who is in the dark is not lit. Of a migration it is how far the walk has come, each stage a fifth. Other flags
 * serve everybody something as long as they are on, and are either lit or not.
 *
 * @param shares percent by variation; a flag that is off serves its off variation to all
 */
export function lightOf(
  lamp: Lamp,
  on: boolean,
  shares: readonly { readonly variation: string; readonly percent: number }[],
): Light {
  if (!on) return { lit: 0, dark: 0 };
  const sum = (weight: (variation: string) => number): number =>
    shares.reduce((total, { variation, percent }) => total + weight(variation) * percent, 0);
  switch (lamp.type) {
    case 'boolean': {
      const isLit = litVariations(lamp);
      return { lit: sum((key) => (isLit(key) ? 1 : 0)), dark: 0 };
    }
    case 'launch':
      return { lit: sum((key) => (key === 'live' ? 1 : 0)), dark: sum((key) => (key === 'dark' ? 1 : 0)) };
    case 'migration':
      return {
        lit: sum((key) => Math.max(0, migrationStageAt(key)) / (MIGRATION_STAGES.length - 1)),
        dark: 0,
      };
    default:
      return { lit: 100, dark: 0 };
  }
}
