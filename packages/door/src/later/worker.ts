import type { ServiceLog } from '@coupon-media/server';
import type { Intake } from '../images/intake.js';
import { problemOf } from '../problems/translate.js';
import { PublishError } from '../publisher.js';
import type { Callbacks } from './callbacks.js';
import type { LaterUpload, LaterUploads } from './uploads.js';

/** Carries out what was answered with 202, on any node, however often nodes are restarted. */
export interface Worker {
  /** Looks for work at once: some was added on this node. */
  wake(): void;
  /** Called with the id of each upload that this node has settled. @returns a function that ends it */
  onSettled(listener: (id: string) => void): () => void;
  /** Ends the work in progress; it is taken up again elsewhere. */
  close(): Promise<void>;
}

export interface WorkerServices {
  readonly uploads: LaterUploads;
  readonly intake: Intake;
  readonly callbacks: Callbacks;
  readonly log: ServiceLog;
  readonly now: () => number;
}

/** Milliseconds between two looks for what other nodes have left. */
const LOOK = 1_000;
/** Uploads that one node carries out at a time. */
const MOST = 128;
/**
 * Milliseconds for which others leave an upload alone, and after which a node that works on it says so again: what a killed node had is taken
 * over when its claim ends. Nodes' clocks may differ by seconds.
 */
const CLAIMED = { for: 20_000, renewed: 5_000 };
/** Milliseconds that an attempt may take. */
const ATTEMPT = 45_000;
/** Milliseconds: the longest wait between two attempts, and when attempts end. */
const LONGEST_WAIT = { upload: 20_000, callback: 3_600_000 };
const GIVEN_UP = 24 * 3_600_000;

export function startWorker(
  { uploads, intake, callbacks, log, now }: WorkerServices,
  claimed = CLAIMED,
): Worker {
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  /** Until when the claims of this node last. */
  const held = new Map<LaterUpload, number>();
  const listeners = new Set<(id: string) => void>();
  let awaken = () => {};

  async function carryOut(upload: LaterUpload): Promise<void> {
    try {
      await (upload.state === 'waiting' ? publish(upload) : call(upload));
    } catch (err) {
      // The claim ends by itself, and then the upload is taken up again.
      if (!stopping.signal.aborted)
        log.error({ err, upload: upload.id }, 'an upload of the door could not be recorded');
    }
  }

  async function publish(upload: LaterUpload): Promise<void> {
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(ATTEMPT)]);
    try {
      await uploads.done(upload, await intake.publish(upload, signal));
    } catch (error) {
      const isFinal = error instanceof PublishError && error.code === 'refused';
      const problem = problemOf(error);
      if (!isFinal && now() - upload.createdAt < GIVEN_UP) {
        const asked = error instanceof PublishError ? (error.retryAfter ?? 0) * 1000 : 0;
        // Left to a node that goes on at once, if this one is stopping.
        return await uploads.again(
          upload,
          stopping.signal.aborted ? now() : now() + Math.max(asked, waitOf(upload, 'upload')),
        );
      }
      const { code, texts, more } = problem;
      await uploads.failed(upload, JSON.stringify({ code, texts, more }));
    }
    for (const listener of listeners) listener(upload.id);
    if (upload.callback !== undefined) awaken();
  }

  async function call(upload: LaterUpload): Promise<void> {
    if (await callbacks.deliver(upload, stopping.signal)) return uploads.called(upload, 'delivered');
    if (now() - (upload.settledAt ?? 0) < GIVEN_UP)
      return uploads.again(upload, now() + waitOf(upload, 'callback'));
    log.warn({ upload: upload.id }, 'a callback was given up: its receiver has not taken it for a day');
    await uploads.called(upload, 'given-up');
  }

  /** A failure is made good by the next time, or the claims end and another node goes on. */
  async function renew(): Promise<void> {
    if (held.size === 0) return;
    const until = now() + claimed.for;
    const renewed = await uploads.renew(new Map(held), until).catch((err: unknown) => {
      log.error({ err }, 'the door could not renew its claims');
      return [];
    });
    for (const upload of renewed) if (held.has(upload)) held.set(upload, until);
  }

  async function look(): Promise<void> {
    while (!stopping.signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        awaken = resolve;
      });
      const until = now() + claimed.for;
      const taken = await uploads.claim(MOST - running.size, until).catch((err: unknown) => {
        log.error({ err }, 'the door could not look for its uploads');
        return [];
      });
      for (const upload of taken) {
        held.set(upload, until);
        const work = carryOut(upload).finally(() => {
          running.delete(work);
          held.delete(upload);
          if (running.size <= MOST / 2) awaken();
        });
        running.add(work);
      }
      // With all it can carry out at a time, it looks again when one has ended.
      const timer = running.size >= MOST ? undefined : setTimeout(awaken, LOOK).unref();
      await woken;
      clearTimeout(timer);
    }
  }

  const looking = look();
  const renewing = setInterval(() => void renew(), claimed.renewed).unref();
  return {
    wake: () => awaken(),
    onSettled(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      stopping.abort();
      awaken();
      await looking;
      await Promise.all(running);
      clearInterval(renewing);
    },
  };
}

/** Twice as long after each attempt. */
function waitOf({ attempts }: LaterUpload, work: keyof typeof LONGEST_WAIT): number {
  return Math.min(500 * 2 ** Math.min(attempts, 20), LONGEST_WAIT[work]);
}
