import type { Language, RefusalName, UploadEndpointName } from '@coupon-media/apiv3';
import type { DelayDistribution, DribbleDelay } from './delay.js';
import type { FaultName } from './table.js';

/**
 * A rule: which requests, and what happens to them. The keys are those of WireMock where it has one for the same thing. A request that
 * the sandbox itself refuses keeps its refusal and does not count, so that a mistake in it stays visible.
 */
export interface FaultRule {
  /** The name in the journal. Default: `rule` and a number. */
  readonly name?: string | undefined;
  /** Of the rules that match, the one with the lowest priority is applied, of equal ones the newest. Default: 5. */
  readonly priority?: number | undefined;
  /** Which requests. Default: all. */
  readonly request?: RequestPattern | undefined;
  /** What happens. */
  readonly response: FaultResponse;
  /** How many times the rule is applied. Default: without end. */
  readonly count?: number | undefined;
  /** The time by the clock of the sandbox until which the rule is applied, as `2030-01-01T00:00:00Z`. Default: without end. */
  readonly until?: string | undefined;
}

/** Which requests a rule is for. A request has to fit all that is given. */
export interface RequestPattern {
  /** An upload endpoint by its name in the table of apiv3, or `certificates`. */
  readonly endpoint?: UploadEndpointName | 'certificates' | undefined;
  /** A path without its query. */
  readonly urlPath?: string | undefined;
  /** An mchid or a brand_id. */
  readonly merchant?: string | undefined;
  /** Which of the two addresses the request came to. */
  readonly host?: HostName | undefined;
  /** The filename in meta of an upload. */
  readonly filename?: string | undefined;
  /** Which of the requests that fit all of the above: the first is 1. */
  readonly nth?: number | readonly number[] | undefined;
  /** From which of these requests on. */
  readonly from?: number | undefined;
  /** With which probability, above 0 and up to 1. */
  readonly probability?: number | undefined;
  /** Makes the chance the same in each run. Default: the seed of the sandbox, if it has one. */
  readonly seed?: string | undefined;
  /** Only requests beyond so many a second. */
  readonly overQuota?: OverQuota | undefined;
}

export type HostName = 'main' | 'backup';

/** A quota, with bursts of twice as many. */
export interface OverQuota {
  readonly perSecond: number;
  /**
   * `merchant`: each caller has its own. `brands`: all brands share one, as those of a service provider do (contract 6.1). `all`: all
   * callers share one. Default: `merchant`.
   */
  readonly sharedBy?: 'merchant' | 'brands' | 'all' | undefined;
}

/** What happens to a request. Everything that is given happens to it. */
export interface FaultResponse {
  /** A refusal by its name in the table of apiv3. */
  readonly refusal?: RefusalName | undefined;
  /** Seconds for `Retry-After` beside a refusal. Default: with 429 what the quota says, or 1; else none. */
  readonly retryAfter?: number | undefined;
  /** The language of the refusal. Default: by `Accept-Language`. */
  readonly language?: Language | undefined;
  readonly fault?: FaultName | undefined;
  /** Milliseconds before the response. */
  readonly fixedDelayMilliseconds?: number | undefined;
  /** A delay before the response that differs from request to request; `seed` makes it the same in each run. */
  readonly delayDistribution?: DelayDistribution | undefined;
  /** Writes the body piece by piece. */
  readonly chunkedDribbleDelay?: DribbleDelay | undefined;
}
