import { useId } from 'react';
import classes from './dimmer.module.css';

interface Props {
  /** How bright: the share that gets the new thing, 0–100. */
  readonly percent: number;
  /** The share for which it runs unseen. */
  readonly darkPercent?: number;
  readonly state: 'on' | 'off' | 'killed';
}

/** A lamp that burns as brightly as the flag is turned up. What it says is said in words beside it. */
export function Lamp({ percent, darkPercent = 0, state }: Props) {
  const id = useId();
  const light = state === 'on' ? percent / 100 : 0;
  // The eye sees differences near darkness best.
  const brightness = light === 0 ? 0 : 0.15 + 0.85 * light ** 0.6;
  const mixed = `color-mix(in srgb, #ffd257 ${Math.round(100 * brightness)}%, light-dark(#f4f5f8, #33363f))`;
  return (
    <svg className={classes.lamp} viewBox="0 0 136 136" data-state={state} aria-hidden="true">
      <defs>
        <radialGradient id={id}>
          <stop offset="0" stopColor="#ffc933" stopOpacity="0.85" />
          <stop offset="0.45" stopColor="#ffb800" stopOpacity="0.35" />
          <stop offset="1" stopColor="#ffb800" stopOpacity="0" />
        </radialGradient>
      </defs>
      <circle cx="68" cy="58" r="58" fill={`url(#${id})`} opacity={brightness} className={classes.glow} />
      <circle
        cx="68"
        cy="56"
        r="40"
        className={classes.halo}
        opacity={state === 'on' && darkPercent > 0 ? 0.35 + (0.65 * darkPercent) / 100 : 0}
        strokeDasharray={`${(2 * Math.PI * 40 * darkPercent) / 100} 400`}
        transform="rotate(-90 68 56)"
      />
      <path
        className={classes.glass}
        style={{ fill: mixed }}
        d="M68 26c-17 0-29 12.500-29 28.500 0 11 6 18 11 24.500 2.500 3.300 3.500 6 3.500 9h29c0-3 1-5.700 3.500-9 5-6.500 11-13.500 11-24.500C97 38.500 85 26 68 26Z"
      />
      <path className={classes.socket} d="M57 95h22M58 102h20M62 109h12" />
      {state === 'killed' && (
        <path d="M50 38 86 78M86 38 50 78" stroke="var(--dimmer-killed)" strokeWidth="5" strokeLinecap="round" />
      )}
    </svg>
  );
}
