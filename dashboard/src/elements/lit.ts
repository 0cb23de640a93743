import type { Flag } from '../server/flags.ts';

/**
 * Which variations of a flag count as light: `on` of a boolean, `live` of a launch, of a migration every stage that
 * serves the new side, of all others everything but the first.
 */
export function litVariations({ type, variations }: Pick<Flag, 'type' | 'variations'>): (variation: string) => boolean {
  switch (type) {
    case 'boolean':
      return (key) => variations.find((variation) => variation.key === key)?.value === true;
    case 'launch':
      return (key) => key === 'live';
    case 'migration':
      return (key) => ['live', 'ramp-down', 'complete'].includes(key);
    default:
      return (key) => key !== variations[0]?.key;
  }
}
