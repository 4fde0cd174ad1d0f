import type { SignedUpload } from '../support/exchange.js';
import type { Answered, Verdict } from './verdict.js';

/** An image that a client received a URL for. */
export interface Acknowledged {
  readonly url: string;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly mchid: string;
  readonly at: number;
}

/** A request with a final response. If it is sent again, it must be refused. */
export interface Settled {
  readonly signed: SignedUpload;
  /** The node that responded; undefined if unknown. */
  readonly node: string | undefined;
  /** Unix seconds, as signed. */
  readonly timestamp: number;
}

/** What clients and others observed, by the clock of `performance.now()`. */
export interface Journal {
  readonly acknowledged: Acknowledged[];
  readonly settled: Settled[];
  readonly answers: (Pick<Answered, 'verdict' | 'node' | 'sentAt' | 'answeredAt'> & {
    readonly who: 'load' | 'hurried' | 'replay';
  })[];
  /** How long each upload by the SDK took with all its attempts, and how it ended. */
  readonly calls: {
    /** The number of the client. */
    readonly sdk: number;
    readonly sentAt: number;
    readonly answeredAt: number;
    readonly error: string | undefined;
  }[];
}

export function createJournal(): Journal {
  return { acknowledged: [], settled: [], answers: [], calls: [] };
}

/** Counts the verdicts on requests in progress between two times. */
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
