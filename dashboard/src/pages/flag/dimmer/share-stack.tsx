import { percentOf } from '@dimmer/core/percent';
import type { Flag } from '../../../api/flags.ts';
import type { Weights } from '../../../api/weights.ts';
import { shownText } from '../../../sentences/shown-text.ts';
import classes from './dimmer.module.css';
import { variationColour } from './variation-colour.ts';

interface Props {
  readonly flag: Pick<Flag, 'type' | 'variations'>;
  readonly weights: Weights;
}

/** Who gets what, as one bar. The figures stand beside it. */
export function ShareStack({ flag, weights }: Props) {
  // What is live comes first: the bar fills as the dimmer does.
  const drawn = flag.type === 'launch' ? flag.variations.toReversed() : flag.variations;
  return (
    <div className={classes.stack} aria-hidden="true">
      {drawn.map((variation) => {
        const { key } = variation;
        const percent = percentOf(weights.get(key) ?? 0);
        return (
          percent > 0 && (
            <span
              key={key}
              title={shownText(key)}
              style={{
                width: `${percent}%`,
                background: variationColour(flag.type, variation, flag.variations.indexOf(variation)),
              }}
            />
          )
        );
      })}
    </div>
  );
}
