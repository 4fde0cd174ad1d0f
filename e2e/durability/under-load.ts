import type { Credentials } from '@coupon-media/sandbox';
import { onTestFinished } from 'vitest';
import type { Fault, Target } from './faults.js';
import { imageOf, uploadOf } from './images.js';
import { type LoadResult, uploadOver } from './load.js';

const CONNECTIONS = 6;
/** The fewest responses during a fault, including at least one refusal. */
const DURING = 20;
/** Responses that are awaited after the fault, in addition to those of uploads in progress. */
const AFTER = 10;

/** What clients received during a fault and afterwards. */
export interface StruckLoad extends LoadResult {
  /** Refusals of uploads that may have begun after the fault. */
  readonly refusedAfterwards: number;
}

/** Applies a fault and ends it while uploads of both kinds are in progress on several connections. */
export async function strikeUnderLoad(
  fault: Fault,
  target: Target,
  credentials: Credentials,
): Promise<StruckLoad> {
  let state: 'before' | 'during' | 'after' | 'over' = 'before';
  const answers = { before: 0, during: 0, after: 0, over: 0 };
  const refusals = { ...answers };
  let sent = 0;
  let look = () => {};

  /** Resolves early if every connection broke, which the result shows. */
  async function until(reached: () => boolean): Promise<void> {
    const reaching = new Promise<void>((resolve) => {
      look = () => {
        if (reached()) resolve();
      };
      look();
    });
    await Promise.race([reaching, load]);
  }

  const load = uploadOver(
    CONNECTIONS,
    credentials,
    async () => {
      if (state === 'over') return undefined;
      sent += 1;
      const image = imageOf(sent % 2 === 0 ? 10_000 : 150_000);
      return uploadOf(credentials, image, sent % 3 === 0 ? 'file' : 'meta');
    },
    (status) => {
      answers[state] += 1;
      if (status !== 200) refusals[state] += 1;
      look();
    },
  );

  await until(() => answers.before >= CONNECTIONS);
  const undo = await fault.strike(target);
  state = 'during';
  onTestFinished(async () => {
    if (state === 'during') await undo();
  });
  await until(() => answers.during >= DURING && refusals.during > 0);
  await undo();
  state = 'after';
  await until(() => answers.after >= CONNECTIONS + AFTER);
  state = 'over';
  return { ...(await load), refusedAfterwards: Math.max(0, refusals.after - CONNECTIONS) };
}
