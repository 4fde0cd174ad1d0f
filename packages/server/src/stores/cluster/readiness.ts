/** Milliseconds for which an answer stands. */
const STANDS = 1000;

/**
 * Whether all is well, asked at most about once a second, and once at a time, however many ask.
 *
 * @returns what rejects with the first reason why not
 */
export function createReadiness(checks: readonly (() => Promise<void>)[]): () => Promise<void> {
  let answer: Promise<unknown> | undefined;
  let until = 0;
  return async () => {
    if (!answer || performance.now() >= until) {
      until = Number.POSITIVE_INFINITY;
      answer = Promise.all(checks.map((check) => check()));
      const stands = () => {
        until = performance.now() + STANDS;
      };
      answer.then(stands, stands);
    }
    await answer;
  };
}
