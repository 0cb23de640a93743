import { PARTS } from '@dimmer/core';
import { partsOf, percentOf } from '@dimmer/core/percent';
import { Button, Group, Stack, Text } from '@mantine/core';
import { sumOf } from '../../../api/weights.ts';
import { formatPercent } from '../../../sentences/percent.ts';
import { shownText } from '../../../sentences/shown-text.ts';
import classes from './dimmer.module.css';
import type { DimmerProps } from './dimmer-props.ts';
import { PercentInput } from './percent-input.tsx';
import { PercentSlider } from './percent-slider.tsx';
import { ShareStack } from './share-stack.tsx';
import { variationColour } from './variation-colour.ts';

interface Props extends DimmerProps {
  /** Of a rule: what is not given away goes on to the next rule. */
  readonly mayRest?: boolean;
}

/** The share of every variation. They come to 100 %, or what is missing is said and can be given to one. */
export function SharesDimmer({ flag, weights, onWeights, isDisabled, mayRest = false }: Props) {
  const sum = sumOf(weights);
  const missing = PARTS - sum;
  const set = (key: string, parts: number): void => {
    const entries = flag.variations.map((variation) => [variation.key, weights.get(variation.key) ?? 0] as const);
    onWeights(new Map(entries.map(([each, had]) => [each, each === key ? parts : had])));
  };
  return (
    <Stack gap="sm">
      <ShareStack flag={flag} weights={weights} />
      {flag.variations.map((variation, index) => {
        const { key, name } = variation;
        const percent = percentOf(weights.get(key) ?? 0);
        const colour = variationColour(flag.type, variation, index);
        return (
          <div key={key} className={classes.share}>
            <span className={classes.shareName}>
              <span className={classes.swatch} style={{ background: colour }} />
              <span title={shownText(name ? `${key}: ${name}` : key)}>{shownText(key)}</span>
            </span>
            <PercentSlider
              label={`Share of ${shownText(key)}`}
              percent={percent}
              onChange={(to) => set(key, partsOf(to))}
              isDisabled={isDisabled}
              colour={colour}
            />
            <Group gap={4} wrap="nowrap">
              <PercentInput
                label={`Exact share of ${shownText(key)}`}
                isLabelHidden
                percent={percent}
                onChange={(to) => set(key, partsOf(to))}
                isDisabled={isDisabled}
              />
              {!mayRest && missing !== 0 && (
                <Button
                  size="compact-sm"
                  variant="light"
                  disabled={isDisabled || (weights.get(key) ?? 0) + missing < 0}
                  onClick={() => set(key, (weights.get(key) ?? 0) + missing)}
                  aria-label={`${missing > 0 ? 'Give the rest to' : 'Take it from'} ${shownText(key)}`}
                >
                  {missing > 0 ? '+ rest' : '− rest'}
                </Button>
              )}
            </Group>
          </div>
        );
      })}
      <SumText missing={missing} sum={sum} mayRest={mayRest} />
    </Stack>
  );
}

interface SumProps {
  readonly sum: number;
  readonly missing: number;
  readonly mayRest: boolean;
}

function SumText({ sum, missing, mayRest }: SumProps) {
  if (missing === 0) return null;
  if (mayRest && missing > 0) {
    return <Text size="sm">{formatPercent(percentOf(missing))} of them go on to the next rule.</Text>;
  }
  return (
    <Text size="sm" c="red.8" role="alert">
      The shares come to {formatPercent(percentOf(sum))}:{' '}
      {missing > 0
        ? `${formatPercent(percentOf(missing))} are missing. Everybody must get something.`
        : `${formatPercent(percentOf(-missing))} too much.`}
    </Text>
  );
}
