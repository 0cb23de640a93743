import { Button } from '@mantine/core';
import classes from './dimmer.module.css';

const STEPS = [0, 1, 5, 10, 25, 50, 100];

interface Props {
  readonly what: string;
  readonly percent: number;
  readonly onChange: (percent: number) => void;
  readonly isDisabled: boolean;
}

/** The steps of a careful rollout, one press each. */
export function QuickSteps({ what, percent, onChange, isDisabled }: Props) {
  return (
    <fieldset className={classes.steps} aria-label={`Quick steps of ${what}`}>
      {STEPS.map((step) => (
        <Button
          key={step}
          size="xs"
          variant={percent === step ? 'filled' : 'default'}
          aria-pressed={percent === step}
          disabled={isDisabled}
          onClick={() => onChange(step)}
        >
          {step} %
        </Button>
      ))}
    </fieldset>
  );
}
