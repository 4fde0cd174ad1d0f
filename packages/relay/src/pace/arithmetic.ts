/** The pace of an account's requests to upstream, as all nodes share it. Times are Unix milliseconds. */
export interface PaceState {
  /** Requests per second, now. */
  readonly rate: number;
  /** The moment of the next turn. */
  readonly next: number;
  /** The last raise. */
  readonly raised: number;
  /** The last reduction. */
  readonly slowed: number;
  /** The rate at which upstream last refused; 0 if it never did. */
  readonly refused: number;
}

/** Requests per second of a pace that is to be found, at first. */
const FIRST = 10;

/** The lowest rate: below it nothing would be learnt. */
const LEAST = 0.5;

/** Milliseconds between two changes: a burst of refusals is one piece of news. */
const STEP = 1_000;

/** What a refusal leaves of the rate. */
const REDUCED = 0.75;

/** Milliseconds. A turn further ahead is the trace of a clock that was set back. */
const FURTHEST = 90_000;

/** @param most requests per second that are configured; undefined: to be found */
export function firstPace(most: number | undefined, now: number): PaceState {
  return { rate: most ?? FIRST, next: now, raised: now, slowed: 0, refused: 0 };
}

/**
 * Takes turns, evenly spaced. A rate that holds somebody back is raised: by a fortieth of what upstream last refused in a second, or while
 * it never did by a fifteenth of itself. A rate that is not used says nothing of upstream.
 *
 * @returns the state, and the moment of the first turn; the others follow at its rate
 */
export function takeTurns(
  state: PaceState,
  turns: number,
  now: number,
  most = Number.POSITIVE_INFINITY,
): { readonly state: PaceState; readonly first: number } {
  const isAhead = state.next > now && state.next - now < FURTHEST;
  const isDue = now - state.raised >= STEP && now - state.slowed >= STEP;
  const step = state.refused > 0 ? state.refused / 40 : state.rate / 15;
  const isRaised = (isAhead && isDue && state.rate < most) || state.rate > most;
  const rate = isRaised ? Math.min(most, state.rate + Math.max(0.1, step)) : state.rate;
  const first = isAhead ? state.next : now;
  return {
    state: { ...state, rate, raised: isRaised ? now : state.raised, next: first + (turns * 1000) / rate },
    first,
  };
}

/** Upstream has answered 429 (contract 6.1). The request itself waits as long as upstream asks; a lower rate is what helps all others. */
export function slowDown(state: PaceState, now: number): PaceState {
  if (now - state.slowed < STEP && now >= state.slowed) return state;
  const rate = Math.max(LEAST, state.rate * REDUCED);
  return { ...state, rate, raised: now, slowed: now, refused: state.rate };
}
