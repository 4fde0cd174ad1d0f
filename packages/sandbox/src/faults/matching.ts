import { CERTIFICATES_PATH, uploadEndpoints } from '@coupon-media/apiv3';
import { createQuota } from '@coupon-media/server';
import { createDraws } from './draws.js';
import type { FaultRule, HostName, OverQuota, RequestPattern } from './rule.js';

/** What rules are matched with. */
export interface Asked {
  readonly path: string;
  readonly host: HostName;
  /** The mchid or brand_id. */
  readonly caller: string;
  readonly isBrand: boolean;
  /** Undefined if the request is no upload, or only its head is known. */
  readonly filename: string | undefined;
}

/** A rule that is in force, and how it was used. */
export interface Matching {
  readonly rule: FaultRule & { readonly name: string; readonly priority: number };
  /** How many requests fitted what can be told from the request alone. */
  readonly seen: number;
  readonly applied: number;
  /** Whether it may still be applied. */
  isInForce(): boolean;
  /**
   * Counts a request, and decides on it.
   *
   * @returns undefined if the rule does not match; with a quota, the seconds to wait
   */
  decide(asked: Asked): Decision | undefined;
  /** Counts an application. */
  use(): void;
  draw(): number;
}

export interface Decision {
  readonly wait: number | undefined;
}

/**
 * @param now Unix milliseconds
 * @param seed the seed of a rule that gives none
 */
export function createMatching(rule: Matching['rule'], now: () => number, seed: string): Matching {
  const { request = {}, count = Number.POSITIVE_INFINITY } = rule;
  const draw = createDraws(request.seed ?? seed);
  const until = rule.until === undefined ? Number.POSITIVE_INFINITY : Date.parse(rule.until);
  const waitOf = request.overQuota && quotaOf(request.overQuota, now);
  let seen = 0;
  let applied = 0;
  const isInForce = (): boolean => applied < count && now() < until;
  return {
    rule,
    draw,
    isInForce,
    get seen() {
      return seen;
    },
    get applied() {
      return applied;
    },
    decide(asked) {
      if (!isInForce() || !fits(request, asked)) return undefined;
      seen += 1;
      const isOne =
        isNth(request, seen) && (request.probability === undefined || draw() < request.probability);
      const wait = waitOf?.(asked);
      return isOne && wait !== 0 ? { wait } : undefined;
    },
    use() {
      applied += 1;
    },
  };
}

function fits({ endpoint, urlPath, merchant, host, filename }: RequestPattern, asked: Asked): boolean {
  return (
    (endpoint === undefined || pathOf(endpoint) === asked.path) &&
    (urlPath === undefined || urlPath === asked.path) &&
    (merchant === undefined || merchant === asked.caller) &&
    (host === undefined || host === asked.host) &&
    (filename === undefined || filename === asked.filename)
  );
}

function pathOf(endpoint: NonNullable<RequestPattern['endpoint']>): string | undefined {
  if (endpoint === 'certificates') return CERTIFICATES_PATH;
  return uploadEndpoints.find(({ name }) => name === endpoint)?.path;
}

function isNth({ nth, from = 1 }: RequestPattern, seen: number): boolean {
  if (seen < from) return false;
  return nth === undefined || [nth].flat().includes(seen);
}

/** @returns a function that takes a request off its quota, and gives 0 or the seconds to wait */
function quotaOf(
  { perSecond, sharedBy = 'merchant' }: OverQuota,
  now: () => number,
): (asked: Asked) => number {
  const quota = createQuota(now);
  return ({ caller, isBrand }) => {
    // All brands of a service provider share one quota (contract 6.1).
    const shared = sharedBy === 'all' || (sharedBy === 'brands' && isBrand);
    return quota.take(shared ? sharedBy : caller, perSecond);
  };
}
