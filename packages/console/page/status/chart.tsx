import { language, say } from '../messages/language.js';
import { STATUS } from '../messages/status.js';
import { Scrolled } from '../parts/scrolled.js';

/** One line or one layer of a chart. */
export interface Series {
  readonly name: string;
  /** What gives it its colour and its dashes, in the style sheet. */
  readonly kind: string;
  /** One for each time; null where there is none. */
  readonly values: readonly (number | null)[];
}

const WIDE = 720;
const HIGH = 160;

/**
 * A chart as SVG, and the same as a table: whoever cannot see it, or wants the numbers, reads that. Nothing moves between two drawings,
 * so that there is no motion to reduce.
 *
 * @param isStacked bars upon each other, in place of lines
 */
export function Chart({
  title,
  times,
  series,
  isStacked = false,
}: {
  readonly title: string;
  readonly times: readonly string[];
  readonly series: readonly Series[];
  readonly isStacked?: boolean;
}) {
  const most = topOf(series, isStacked);
  const newest = series.map(({ values }) => values.at(-1) ?? null);
  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      <ul class="legend">
        {series.map(({ name, kind }, at) => (
          <li key={kind}>
            <svg width="24" height="10" aria-hidden="true" focusable="false">
              {isStacked ? (
                <rect class={`fill ${kind}`} width="24" height="10" />
              ) : (
                <line class={`line ${kind}`} x1="0" y1="5" x2="24" y2="5" />
              )}
            </svg>{' '}
            {name} <strong>{shown(newest[at] ?? null)}</strong>
          </li>
        ))}
      </ul>
      <svg
        viewBox={`0 0 ${WIDE} ${HIGH}`}
        preserveAspectRatio="none"
        class="plot"
        aria-hidden="true"
        focusable="false"
      >
        {[0.25, 0.5, 0.75].map((part) => (
          <line key={part} class="gridline" x1="0" x2={WIDE} y1={HIGH * part} y2={HIGH * part} />
        ))}
        {isStacked
          ? series.map(({ kind }, layer) => (
              <path key={kind} class={`fill ${kind}`} d={barsOf(series, layer, most)} />
            ))
          : series.map(({ kind, values }) => (
              <path key={kind} class={`line ${kind}`} d={lineOf(values, most)} />
            ))}
      </svg>
      <p class="axis faint" aria-hidden="true">
        <span>{times[0]}</span>
        <span>↑ {shown(most)}</span>
        <span>{times.at(-1)}</span>
      </p>
      <Table title={title} times={times} series={series} />
    </figure>
  );
}

/** Only what is not empty, the newest first. */
function Table({
  title,
  times,
  series,
}: {
  readonly title: string;
  readonly times: readonly string[];
  readonly series: readonly Series[];
}) {
  const rows = times
    .map((time, at) => ({ time, values: series.map(({ values }) => values[at] ?? null) }))
    .filter(({ values }) => values.some((value) => value !== null && value !== 0))
    .reverse();
  return (
    <details>
      <summary>{say(STATUS.table)}</summary>
      <Scrolled kind="scrolled" label={title}>
        <table>
          <caption class="unseen">{title}</caption>
          <thead>
            <tr>
              <th scope="col">{say(STATUS.time)}</th>
              {series.map(({ name, kind }) => (
                <th scope="col" key={kind}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ time, values }) => (
              <tr key={time}>
                <th scope="row">{time}</th>
                {series.map(({ kind }, at) => (
                  <td key={kind}>{shown(values[at] ?? null)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolled>
    </details>
  );
}

/** The top of a chart: a round number not below the highest value. */
function topOf(series: readonly Series[], isStacked: boolean): number {
  const [first] = series;
  const highest = isStacked
    ? (first?.values ?? []).map((_, at) => sum(series.map(({ values }) => values[at] ?? 0)))
    : series.flatMap(({ values }) => values.map((value) => value ?? 0));
  const most = Math.max(0.1, ...highest);
  const size = 10 ** Math.floor(Math.log10(most));
  return ([1, 2, 5, 10].find((step) => step * size >= most) ?? 10) * size;
}

function barsOf(series: readonly Series[], layer: number, most: number): string {
  const values = series[layer]?.values ?? [];
  const wide = WIDE / values.length;
  return values
    .map((value, at) => {
      if (!value) return '';
      const below = sum(series.slice(0, layer).map((other) => other.values[at] ?? 0));
      const high = (HIGH * value) / most;
      const bottom = HIGH - (HIGH * below) / most;
      return `M${at * wide} ${bottom}v${-high}h${wide * 0.85}v${high}z`;
    })
    .join('');
}

/** A line with holes where there is no value; one value alone is a dash. */
function lineOf(values: readonly (number | null)[], most: number): string {
  const wide = WIDE / values.length;
  return values
    .map((value, at) => {
      if (value === null) return '';
      const high = HIGH - (HIGH * value) / most;
      const before = values[at - 1];
      return `${before === null || before === undefined ? 'M' : 'L'}${at * wide} ${high}h${wide * 0.85}`;
    })
    .join('');
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

function shown(value: number | null): string {
  return value === null ? '–' : value.toLocaleString(language.value, { maximumFractionDigits: 1 });
}
