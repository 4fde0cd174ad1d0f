import type { Credentials } from '@coupon-media/sandbox';
import { onTestFinished } from 'vitest';
import type { Fault, Target } from './faults.js';
import { type LoadResult, uploadOver } from './load.js';
import { pictureOf, uploadOf } from './pictures.js';

const CONNECTIONS = 6;
/** Answers that a fault lasts for at least, and one of them a refusal. */
const DURING = 20;
/** Answers that are waited for when it is over, beside those to what was under way. */
const AFTER = 10;

/** What clients got while a fault came and went. */
export interface StruckLoad extends LoadResult {
  /** Refusals to uploads that may have begun when the fault was over. */
  readonly refusedAfterwards: number;
}

/** Lets a fault come, and go again, while uploads of both kinds are under way over several connections. */
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

  /** Resolves early where every connection broke: whoever looks at the result sees that. */
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
      const picture = pictureOf(sent % 2 === 0 ? 10_000 : 150_000);
      return uploadOf(credentials, picture, sent % 3 === 0 ? 'file' : 'meta');
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
