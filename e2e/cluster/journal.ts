import type { SignedUpload } from '../support/exchange.js';
import type { Answered, Verdict } from './verdict.js';

/** An image that a client was given a URL for. */
export interface Acknowledged {
  readonly url: string;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly mchid: string;
  readonly at: number;
}

/** A request that was answered for good: whoever offers it again must be refused. */
export interface Settled {
  readonly signed: SignedUpload;
  /** The node that answered; undefined where it is not known. */
  readonly node: string | undefined;
  /** Unix seconds, as signed. */
  readonly timestamp: number;
}

/** What clients and others saw, all on the clock of `performance.now()`. */
export interface Journal {
  readonly acknowledged: Acknowledged[];
  readonly settled: Settled[];
  readonly answers: (Pick<Answered, 'verdict' | 'node' | 'sentAt' | 'answeredAt'> & {
    readonly who: 'load' | 'hurried' | 'replay';
  })[];
  /** By the SDK: how long each upload took with all its attempts, and how it ended. */
  readonly calls: {
    /** Which of the clients with the SDK. */
    readonly sdk: number;
    readonly sentAt: number;
    readonly answeredAt: number;
    readonly error: string | undefined;
  }[];
}

export function createJournal(): Journal {
  return { acknowledged: [], settled: [], answers: [], calls: [] };
}

/** How often each verdict fell upon requests that were under way between two moments. */
export function verdicts(
  { answers }: Journal,
  who: Journal['answers'][number]['who'],
  from: number,
  to: number,
): Map<Verdict, number> {
  const counts = new Map<Verdict, number>();
  for (const answer of answers) {
    if (answer.who !== who || answer.answeredAt < from || answer.sentAt > to) continue;
    counts.set(answer.verdict, (counts.get(answer.verdict) ?? 0) + 1);
  }
  return counts;
}
