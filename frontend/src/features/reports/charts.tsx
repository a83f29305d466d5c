/** Small charts of our own: a picture for the eye; the table beside it says the same in words. */

export interface Bar {
  label: string;
  values: readonly number[];
}

const WIDTH = 720;
const HEIGHT = 160;
const LEFT = 44;
const BOTTOM = 20;
const STEPS = 4;
const GRID = [0, 1, 2, 3, STEPS] as const;
const LABELS_MOST = 24;

/** Tops of an axis of seconds whose quarters are round too. */
const TIME_TOPS = [
  4, 20, 60, 120, 240, 480, 600, 1_200, 1_800, 2_400, 3_600, 7_200, 14_400, 28_800,
];

/** A round time in seconds at or above `most`. */
export const topOfTime = (most: number): number =>
  TIME_TOPS.find((one) => one >= most) ?? Math.ceil(most / 14_400) * 14_400;

/** A round number at or above `most`, so that the axis has whole steps. */
export function topOf(most: number): number {
  if (most <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [1, 2, 2.5, 5, 10].find((one) => one * power >= most) ?? 10;
  return step * power;
}

interface ChartProps {
  title: string;
  format: (value: number) => string;
}

function Axis({ top, format }: { top: number; format: (value: number) => string }) {
  const height = HEIGHT - BOTTOM;
  return GRID.map((step) => {
    const y = height - (height - 8) * (step / STEPS);
    return (
      <g key={`step-${step}`}>
        <line className="chart-grid" x1={LEFT} x2={WIDTH} y1={y} y2={y} />
        <text className="chart-text" x={LEFT - 6} y={y + 4} textAnchor="end">
          {format((top * step) / STEPS)}
        </text>
      </g>
    );
  });
}

/** Bars side by side for each label; every series has its own shade. */
export function Bars({
  title,
  format,
  bars,
  topOf: roundUp = topOf,
}: ChartProps & { bars: readonly Bar[]; topOf?: (most: number) => number }) {
  const top = roundUp(Math.max(0, ...bars.flatMap(({ values }) => values)));
  const height = HEIGHT - BOTTOM - 8;
  const slot = (WIDTH - LEFT) / Math.max(1, bars.length);
  const every = Math.ceil(bars.length / LABELS_MOST);
  return (
    <svg className="chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={title}>
      <Axis top={top} format={format} />
      {bars.map(({ label, values }, place) => {
        const x = LEFT + slot * place;
        const width = Math.min(40, (slot * 0.8) / Math.max(1, values.length));
        const start = x + (slot - width * values.length) / 2;
        return (
          <g key={label}>
            {values.map((value, series) => (
              <rect
                // biome-ignore lint/suspicious/noArrayIndexKey: a series has no other name here
                key={series}
                className={`chart-bar-${series}`}
                x={start + width * series}
                width={Math.max(1, width - 1)}
                y={HEIGHT - BOTTOM - (height * value) / top}
                height={(height * value) / top}
              />
            ))}
            {place % every === 0 && (
              <text className="chart-text" x={x + slot / 2} y={HEIGHT - 5} textAnchor="middle">
                {label.length * 6 > slot * every
                  ? `${label.slice(0, Math.max(2, Math.floor((slot * every) / 6.5)))}…`
                  : label}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}

/** A line of steps over time, with the greatest values as a paler area behind. */
export function Steps({
  title,
  format,
  points,
}: ChartProps & { points: readonly { label: string; mean: number; most: number }[] }) {
  const top = topOf(Math.max(0, ...points.map(({ most }) => most)));
  const height = HEIGHT - BOTTOM - 8;
  const slot = (WIDTH - LEFT) / Math.max(1, points.length);
  const y = (value: number) => HEIGHT - BOTTOM - (height * value) / top;
  const path = (of: 'mean' | 'most') =>
    points
      .map(
        (point, place) =>
          `${LEFT + slot * place},${y(point[of])} ${LEFT + slot * (place + 1)},${y(point[of])}`,
      )
      .join(' ');
  const every = Math.max(1, Math.ceil(points.length / 8));
  return (
    <svg className="chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={title}>
      <Axis top={top} format={format} />
      {points.length > 0 && (
        <>
          <polygon
            className="chart-area"
            points={`${LEFT},${y(0)} ${path('most')} ${WIDTH},${y(0)}`}
          />
          <polyline className="chart-line" points={path('mean')} />
        </>
      )}
      {points.map(
        ({ label }, place) =>
          place % every === 0 && (
            <text
              // biome-ignore lint/suspicious/noArrayIndexKey: labels repeat from day to day
              key={place}
              className="chart-text"
              x={LEFT + slot * place}
              y={HEIGHT - 5}
              textAnchor="start"
            >
              {label}
            </text>
          ),
      )}
    </svg>
  );
}

/** What the shades mean. */
export function Legend({ names }: { names: readonly string[] }) {
  return (
    <ul className="chart-legend">
      {names.map((name, series) => (
        <li key={name}>
          <span className={`chart-key chart-bar-${series}`} aria-hidden="true" /> {name}
        </li>
      ))}
    </ul>
  );
}
