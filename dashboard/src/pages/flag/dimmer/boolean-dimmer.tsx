import { PARTS } from '@dimmer/core';
import { partsOf, percentOf } from '@dimmer/core/percent';
import { Group, Stack } from '@mantine/core';
import type { DimmerProps } from './dimmer-props.ts';
import { PercentInput } from './percent-input.tsx';
import { PercentSlider } from './percent-slider.tsx';
import { QuickSteps } from './quick-steps.tsx';

/** How many people get the `true` of a boolean flag. */
export function BooleanDimmer({ flag, weights, onWeights, isDisabled }: DimmerProps) {
  const on = flag.variations.find(({ value }) => value === true)?.key ?? 'on';
  const off = flag.variations.find(({ value }) => value === false)?.key ?? 'off';
  const percent = percentOf(weights.get(on) ?? 0);
  const change = (to: number): void => {
    const parts = partsOf(to);
    onWeights(
      new Map([
        [on, parts],
        [off, PARTS - parts],
      ]),
    );
  };
  return (
    <Stack gap="xs">
      <Group wrap="nowrap" gap="md">
        <PercentSlider label={`Percent that gets ${on}`} percent={percent} onChange={change} isDisabled={isDisabled} />
        <PercentInput
          label="Exact percentage"
          isLabelHidden
          percent={percent}
          onChange={change}
          isDisabled={isDisabled}
        />
      </Group>
      <QuickSteps what={on} percent={percent} onChange={change} isDisabled={isDisabled} />
    </Stack>
  );
}
