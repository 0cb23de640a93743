import { formatDuration } from '../../sentences/duration.ts';
import classes from './evaluation-chart.module.css';
import { type Column, roundUp } from './evaluation-columns.ts';

const WIDTH = 1_000;
const HEIGHT = 220;
const LEFT = 48;
const BOTTOM = 22;
const TOP = 8;
/** The top is 1, 2 or 5 of a magnitude: fifths of it are as round. */
const LINES = 5;
const TIMES = 4;

const short = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { weekday: 'short', hour: '2-digit' });
const DAY_MS = 86_400_000;

/** One variation, as it is drawn. */
export interface Series {
  readonly key: string | null;
  readonly name: string;
  readonly colour: string;
}

interface Props {
  readonly columns: readonly Column[];
  readonly series: readonly Series[];
  readonly stepMs: number;
}

/** Stacked columns over time; the table below says the same without sight. */
export function EvaluationChart({ columns, series, stepMs }: Props) {
  const top = roundUp(Math.max(...columns.map(({ total }) => total)));
  const plot = HEIGHT - TOP - BOTTOM;
  const width = (WIDTH - LEFT) / columns.length;
  const y = (value: number): number => TOP + plot * (1 - value / top);
  const isLong = columns.length * stepMs > DAY_MS;
  const every = Math.ceil(columns.length / TIMES);
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.caption}>Evaluations in {formatDuration(stepMs)} each</figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        className={classes.chart}
        role="img"
        aria-label="Evaluations by variation over time; the table below has the figures"
      >
        {Array.from({ length: LINES + 1 }, (_, line) => (top * line) / LINES).map((value) => (
          <g key={value}>
            <line className={classes.line} x1={LEFT} x2={WIDTH} y1={y(value)} y2={y(value)} />
            <text className={classes.label} x={LEFT - 6} y={y(value) + 4} textAnchor="end">
              {short.format(value)}
            </text>
          </g>
        ))}
        {columns.map(({ at, counts }, index) => {
          let below = 0;
          return series.map(({ key, name, colour }) => {
            const count = counts.get(key) ?? 0;
            if (count === 0) return null;
            below += count;
            return (
              <rect
                key={`${at} ${name}`}
                x={LEFT + index * width + width * 0.08}
                width={width * 0.84}
                y={y(below)}
                height={Math.max(0.5, (plot * count) / top)}
                style={{ fill: colour }}
              />
            );
          });
        })}
        {columns.map(
          ({ at }, index) =>
            index % every === 0 && (
              <text key={at} className={classes.label} x={LEFT + index * width} y={HEIGHT - 6}>
                {(isLong ? day : clock).format(at)}
              </text>
            ),
        )}
      </svg>
    </figure>
  );
}
