import type { Flag } from '../../../api/flags.ts';
import type { Weights } from '../../../api/weights.ts';

/** What every kind of dimmer is given. */
export interface DimmerProps {
  readonly flag: Pick<Flag, 'type' | 'variations'>;
  readonly weights: Weights;
  /** They may come to less or more than everybody while somebody types. */
  readonly onWeights: (weights: Weights) => void;
  readonly isDisabled: boolean;
}
