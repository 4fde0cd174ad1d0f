import { readRule } from './read-rules.js';
import type { CallMethod, ResponseRule, UrlKey } from './rule.js';

/** The rules by which a sandbox responds to calls. Of several that fit, the one that was added last responds. */
export interface Responses {
  /**
   * Adds a rule.
   *
   * @returns its id
   * @throws SandboxError `RESPONSES` that says what is wrong with it
   */
  add(rule: ResponseRule): number;
  /** @returns false if there is no such rule, or it came with the sandbox */
  remove(id: number): boolean;
  /** Removes the rules that were added since the start. */
  clear(): void;
  /** The rules, in the order in which they are tried. */
  list(): readonly ListedRule[];
}

/** A rule as it stands in the table. */
export interface ListedRule {
  readonly id: number;
  readonly rule: ResponseRule;
  /** Whether it came with the sandbox. */
  readonly isBuiltIn: boolean;
  /** How many calls it has responded to. */
  readonly used: number;
}

/** The table with what the service reads of it. */
export interface ResponseTable extends Responses {
  /** @returns the rule for a call and what its groups matched; undefined if there is none */
  find(method: CallMethod, url: string): FoundRule | undefined;
}

export interface FoundRule {
  readonly id: number;
  readonly rule: ResponseRule;
  readonly groups: Readonly<Record<string, string | undefined>>;
}

/**
 * @param builtIn the rules that come with the sandbox, which can be outdone and not removed
 * @param initial the rules of the start, which `clear` keeps
 */
export function createResponseTable(
  builtIn: readonly ResponseRule[],
  initial: readonly ResponseRule[],
): ResponseTable {
  let count = 0;
  const entryOf = (rule: ResponseRule, isBuiltIn: boolean): Entry => {
    count += 1;
    return { id: count, rule, isBuiltIn, match: matcherOf(rule), used: 0 };
  };
  const atStart = [
    ...builtIn.map((rule) => entryOf(rule, true)),
    ...initial.map((rule) => entryOf(rule, false)),
  ];
  let entries = atStart;
  return {
    add(rule) {
      const entry = entryOf(readRule(rule, ''), false);
      entries = [...entries, entry];
      return entry.id;
    },
    remove(id) {
      const before = entries.length;
      entries = entries.filter((entry) => entry.id !== id || entry.isBuiltIn);
      return entries.length < before;
    },
    clear() {
      for (const entry of atStart) entry.used = 0;
      entries = atStart;
    },
    list: () => entries.map(({ id, rule, isBuiltIn, used }) => ({ id, rule, isBuiltIn, used })).reverse(),
    find(method, url) {
      for (const entry of [...entries].reverse()) {
        const { method: wanted = 'ANY' } = entry.rule.request;
        const groups = wanted === 'ANY' || wanted === method ? entry.match(url) : undefined;
        if (!groups) continue;
        entry.used += 1;
        return { id: entry.id, rule: entry.rule, groups };
      }
      return undefined;
    },
  };
}

interface Entry {
  readonly id: number;
  readonly rule: ResponseRule;
  readonly isBuiltIn: boolean;
  readonly match: Matcher;
  used: number;
}

/** @returns what the groups of its pattern matched; undefined if the URL is another */
type Matcher = (url: string) => FoundRule['groups'] | undefined;

const MATCHERS: Readonly<Record<UrlKey, (wanted: string) => Matcher>> = {
  url: (wanted) => (url) => (url === wanted ? {} : undefined),
  urlPath: (wanted) => (url) => (pathOf(url) === wanted ? {} : undefined),
  urlPattern: (wanted) => groupsOf(wanted, (url) => url),
  urlPathPattern: (wanted) => groupsOf(wanted, pathOf),
};

function matcherOf({ request: { url, urlPath, urlPattern, urlPathPattern } }: ResponseRule): Matcher {
  const given = Object.entries({ url, urlPath, urlPattern, urlPathPattern });
  for (const [key, wanted] of given) if (wanted !== undefined) return MATCHERS[key as UrlKey](wanted);
  return () => undefined;
}

function groupsOf(pattern: string, part: (url: string) => string): Matcher {
  const whole = new RegExp(`^(?:${pattern})$`);
  return (url) => {
    const match = whole.exec(part(url));
    return match ? { ...match.groups } : undefined;
  };
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? '';
}
