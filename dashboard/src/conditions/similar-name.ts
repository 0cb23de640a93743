import { nearestKey } from '@dimmer/core/nearest-key';
import { TARGETING_KEY } from './condition-kind.ts';

/** Always there, whatever rules there are. */
export const OWN_ATTRIBUTES = [TARGETING_KEY, '$now'];

/** The attribute that was probably meant by a name that no rule looks at yet; null: it is one, or like none. */
export function similarName(name: string, known: readonly string[]): string | null {
  if (name === '' || known.includes(name) || OWN_ATTRIBUTES.includes(name)) return null;
  const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  const same = known.find((each) => plain(each) === plain(name));
  return same ?? nearestKey(name, known) ?? null;
}
