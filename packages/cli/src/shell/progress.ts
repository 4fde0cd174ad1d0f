import { shortened, width } from '../terminal/text.js';
import { visible } from '../terminal/visible.js';
import type { Shell } from './shell.js';

/** Shows the progress of a run. */
export interface ProgressBar {
  /** Counts one more item. @param failed whether it failed */
  done(name: string, failed: boolean): void;
  /** Prints a line without disturbing the bar. */
  note(line: string): void;
  /** Removes the bar. */
  end(): void;
}

/** Makes a bar on a terminal; elsewhere, it prints a line every ten seconds. */
export function createProgress(total: number, shell: Shell): ProgressBar {
  return shell.err.isTerminal ? createBar(total, shell) : createLines(total, shell);
}

/** Makes a progress display that shows only notes. */
export function noProgress({ err }: Shell): ProgressBar {
  return { done: () => {}, note: (line) => err.lines(line), end: () => {} };
}

const DRAWN_EVERY = 100;
const TOLD_EVERY = 10_000;
const now = (): number => performance.now();

interface State {
  done: number;
  failed: number;
  name: string;
}

function createBar(total: number, { err, say }: Shell): ProgressBar {
  const state: State = { done: 0, failed: 0, name: '' };
  const meter = createRateMeter(now());
  const { style } = err;
  let drawn = 0;

  function draw(): void {
    drawn = now();
    // Work may grow after it was counted.
    const filled = Math.min(BAR, Math.round((state.done / total) * BAR));
    const bar = style.good('━'.repeat(filled)) + style.faint('━'.repeat(BAR - filled));
    const failures = state.failed > 0 ? `  ✗ ${state.failed}` : '';
    const text = `  ${state.done}/${total}${speed(state, total, meter, say)}`;
    const room = err.columns() - 2 - BAR - width(text) - width(failures) - 3;
    const name = room > 12 ? `  ${style.faint(shortened(visible(state.name), room))}` : '';
    err.rewrite(`  ${bar}${text}${style.bad(failures)}${name}`);
  }

  // It also redraws while no item completes, since the remaining time grows.
  const timer = setInterval(draw, 1000);
  draw();
  return {
    done(name, failed) {
      count(state, name, failed);
      meter.tick(now());
      if (now() - drawn > DRAWN_EVERY) draw();
    },
    note(line) {
      err.rewrite('');
      err.lines(line);
      draw();
    },
    end() {
      clearInterval(timer);
      err.rewrite('');
    },
  };
}

/** Columns. */
const BAR = 24;

function createLines(total: number, { err, say }: Shell): ProgressBar {
  const state: State = { done: 0, failed: 0, name: '' };
  const meter = createRateMeter(now());
  const timer = setInterval(() => {
    const failures = state.failed > 0 ? say('progress.failed', { n: state.failed }) : '';
    err.lines(say('progress.line', { done: state.done, total }) + speed(state, total, meter, say) + failures);
  }, TOLD_EVERY);
  return {
    done(name, failed) {
      count(state, name, failed);
      meter.tick(now());
    },
    note: (line) => err.lines(line),
    end: () => clearInterval(timer),
  };
}

function count(state: State, name: string, failed: boolean): void {
  state.done += 1;
  state.name = name;
  if (failed) state.failed += 1;
}

function speed(
  { done }: State,
  total: number,
  meter: ReturnType<typeof createRateMeter>,
  say: Shell['say'],
): string {
  const rate = meter.perSecond(now());
  if (rate === undefined || done >= total) return '';
  const left = clock((total - done) / rate);
  return say('progress.speed', { rate: rate < 10 ? rate.toFixed(1) : rate.toFixed(0), left });
}

/** Measures the rate of a run. */
export interface RateMeter {
  /** @param at milliseconds of a monotonic clock */
  tick(at: number): void;
  /** Items per second over the window; undefined if there are none yet. */
  perSecond(at: number): number | undefined;
}

/** Milliseconds of the window: long enough to even out retries, short enough to follow a change. */
const WINDOW = 15_000;

export function createRateMeter(start: number): RateMeter {
  let ticks: number[] = [];
  return {
    tick(at) {
      ticks.push(at);
    },
    perSecond(at) {
      ticks = ticks.filter((tick) => tick > at - WINDOW);
      const span = Math.min(at - start, WINDOW);
      return ticks.length === 0 || span < 500 ? undefined : (ticks.length * 1000) / span;
    },
  };
}

/** `0:07`, `12:34`, `1:02:03`. @param seconds whole or not */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const tail = `${h > 0 ? String(m).padStart(2, '0') : m}:${String(s).padStart(2, '0')}`;
  return h > 0 ? `${h}:${tail}` : tail;
}
