import type { CSSProperties, KeyboardEvent } from 'react';
import { formatPercent } from '../../../sentences/percent.ts';
import classes from './dimmer.module.css';

/** How far one press of a key goes; with Shift a tenth of it. */
const STEPS: { readonly [key: string]: number } = {
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  PageUp: 10,
  PageDown: -10,
};
const EDGES: { readonly [key: string]: number } = { Home: 0, End: 100 };

interface Props {
  readonly label: string;
  readonly percent: number;
  /** As far as it can be turned. */
  readonly most?: number;
  readonly onChange: (percent: number) => void;
  readonly isDisabled?: boolean;
  /** That of the variation, as its bar and its legend have it. Default: the colour of what is lit. */
  readonly colour?: string;
}

/**
 * A dimmer that is turned by finger, mouse or keys. It snaps to whole per cents: what is finer is typed. The browser's
 * own slider, so that every reader of screens knows it.
 */
export function PercentSlider({ label, percent, most = 100, onChange, isDisabled = false, colour }: Props) {
  const set = (value: number): void => onChange(Math.max(0, Math.min(most, Math.round(value * 1_000) / 1_000)));
  const onKeyDown = (event: KeyboardEvent): void => {
    const edge = EDGES[event.key];
    const step = STEPS[event.key];
    if (edge === undefined && step === undefined) return;
    event.preventDefault();
    if (edge !== undefined) set(edge);
    else if (step !== undefined) set(percent + (event.shiftKey ? step / 10 : step));
  };
  return (
    <input
      type="range"
      className={classes.slider}
      aria-label={label}
      aria-valuetext={formatPercent(percent)}
      min={0}
      max={100}
      step="any"
      value={percent}
      disabled={isDisabled}
      onKeyDown={onKeyDown}
      onChange={(event) => set(Math.round(event.currentTarget.valueAsNumber))}
      style={
        { '--percent': `${percent}%`, '--glow': percent / 100, ...(colour && { '--colour': colour }) } as CSSProperties
      }
    />
  );
}
