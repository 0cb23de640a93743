import { PARTS } from '@dimmer/core';
import { partsOf, percentOf } from '@dimmer/core/percent';
import { Stack } from '@mantine/core';
import classes from './dimmer.module.css';
import type { DimmerProps } from './dimmer-props.ts';
import { PercentInput } from './percent-input.tsx';
import { PercentSlider } from './percent-slider.tsx';
import { QuickSteps } from './quick-steps.tsx';
import { ShareStack } from './share-stack.tsx';

const COLOURS = { live: 'var(--dimmer-lit)', dark: 'var(--dimmer-dark)' } as const;
const NAMES = { live: 'Live: they get the new code', dark: 'Dark: it runs unseen beside the old' } as const;
type Stage = keyof typeof NAMES;

/** How many are live and how many dark; the rest is off. Where both would be too many, the other one yields. */
export function LaunchDimmer({ flag, weights, onWeights, isDisabled }: DimmerProps) {
  const change = (stage: Stage, percent: number): void => {
    const parts = partsOf(percent);
    const other: Stage = stage === 'live' ? 'dark' : 'live';
    const rest = Math.min(weights.get(other) ?? 0, PARTS - parts);
    const next = { [stage]: parts, [other]: rest } as Record<Stage, number>;
    onWeights(
      new Map([
        ['live', next.live],
        ['dark', next.dark],
        ['off', PARTS - parts - rest],
      ]),
    );
  };
  return (
    <Stack gap="md">
      <ShareStack flag={flag} weights={weights} />
      {(['live', 'dark'] as const).map((stage) => {
        const percent = percentOf(weights.get(stage) ?? 0);
        return (
          <Stack key={stage} gap={6}>
            <div className={classes.share}>
              <span className={classes.shareName}>
                <span className={classes.swatch} style={{ background: COLOURS[stage] }} />
                <span title={NAMES[stage]}>{stage === 'live' ? 'Live' : 'Dark'}</span>
              </span>
              <PercentSlider
                label={NAMES[stage]}
                percent={percent}
                onChange={(to) => change(stage, to)}
                isDisabled={isDisabled}
                colour={COLOURS[stage]}
              />
              <PercentInput
                label={`${stage} percentage`}
                isLabelHidden
                percent={percent}
                onChange={(to) => change(stage, to)}
                isDisabled={isDisabled}
              />
            </div>
            <QuickSteps what={stage} percent={percent} onChange={(to) => change(stage, to)} isDisabled={isDisabled} />
          </Stack>
        );
      })}
    </Stack>
  );
}
