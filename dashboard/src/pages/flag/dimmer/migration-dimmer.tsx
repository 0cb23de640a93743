import { MIGRATION_STAGES, migrationStageAt } from '@dimmer/core/flag-types';
import { Alert, Stack, Text } from '@mantine/core';
import { useId } from 'react';
import { STAGE_WORDS, stageOf, stageWeights } from '../migration-stage.ts';
import classes from './dimmer.module.css';
import type { DimmerProps } from './dimmer-props.ts';
import { PercentInput } from './percent-input.tsx';
import { PercentSlider } from './percent-slider.tsx';
import { QuickSteps } from './quick-steps.tsx';
import { SharesDimmer } from './shares-dimmer.tsx';
import { variationColour } from './variation-colour.ts';

/** Which stage a migration is at, and for how many; the rest is at the stage before. */
export function MigrationDimmer(props: DimmerProps) {
  const { flag, weights, onWeights, isDisabled } = props;
  const name = useId();
  const at = stageOf(weights);
  const change = (stage: string, percent: number): void => onWeights(stageWeights({ stage, percent }));
  const before = at && MIGRATION_STAGES[migrationStageAt(at.stage) - 1];
  const index = flag.variations.findIndex(({ key }) => key === at?.stage);
  const variation = flag.variations[index];
  return (
    <Stack gap="sm">
      <fieldset className={classes.stages} disabled={isDisabled}>
        <legend className="visually-hidden">Stage</legend>
        {MIGRATION_STAGES.map((stage) => (
          <label key={stage} className={classes.stage}>
            <input
              type="radio"
              className="visually-hidden"
              name={name}
              value={stage}
              checked={at?.stage === stage}
              onChange={() => change(stage, 100)}
            />
            <strong>{stage}</strong>
            <small>{STAGE_WORDS[stage]}</small>
          </label>
        ))}
      </fieldset>
      {at && before !== undefined && (
        <>
          <div className={classes.share}>
            <Text size="sm">
              at <strong>{at.stage}</strong>, the rest at <strong>{before}</strong>
            </Text>
            <PercentSlider
              label={`Percent at stage ${at.stage}`}
              percent={at.percent}
              onChange={(percent) => change(at.stage, percent)}
              isDisabled={isDisabled}
              {...(variation && { colour: variationColour(flag.type, variation, index) })}
            />
            <PercentInput
              label="Exact percentage"
              isLabelHidden
              percent={at.percent}
              onChange={(percent) => change(at.stage, percent)}
              isDisabled={isDisabled}
            />
          </div>
          <QuickSteps
            what={at.stage}
            percent={at.percent}
            onChange={(percent) => change(at.stage, percent)}
            isDisabled={isDisabled}
          />
        </>
      )}
      {!at && (
        <>
          <Alert color="orange" title="People are at stages that do not get along">
            Neighbouring stages do; these are not. Choose one stage above, or set the shares here.
          </Alert>
          <SharesDimmer {...props} />
        </>
      )}
    </Stack>
  );
}
