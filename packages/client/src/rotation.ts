import type { Text } from '@coupon-media/apiv3';
import { OptionError } from './errors.js';
import { type OwnKey, type OwnKeyOptions, readOwnKey } from './own-key.js';

/** An API certificate with its key, which is used from a moment on. */
export interface NextCertificate extends OwnKeyOptions {
  /** The moment: ISO 8601 with the offset (`2026-12-01T00:00:00+08:00`), or a Date. */
  from: string | Date;
}

/** A key of the caller and the moment from which it signs, Unix milliseconds. */
interface NextKey extends OwnKey {
  from: number;
}

/** The keys of the caller. WeChat Pay takes the older certificate as long as it is valid, so a change needs no gap. */
export interface OwnKeys {
  /** @param now Unix milliseconds */
  at(now: number): OwnKey;
  /** All, the latest first. */
  all(): readonly OwnKey[];
  /**
   * When the last of the certificates ends that follow one another without a gap, Unix seconds; undefined if one of them was not given.
   */
  validUntil(): number | undefined;
  /** Adds a key, unless it is there. */
  add(key: NextKey): void;
}

/** @param first the key until the moment of another */
export function createOwnKeys(first: OwnKey): OwnKeys {
  let keys: readonly NextKey[] = [{ ...first, from: Number.NEGATIVE_INFINITY }];
  return {
    at: (now) => keys.find(({ from }) => from <= now) ?? first,
    all: () => keys,
    validUntil: () => endOf(keys.toReversed()),
    add(key) {
      const isKnown = ({ from, signer }: NextKey) => from === key.from && signer.keyId === key.signer.keyId;
      if (keys.some(isKnown)) return;
      // Of two with the same moment, the one that was added last is used.
      keys = [key, ...keys].sort((a, b) => b.from - a.from);
    },
  };
}

/** @param keys in the order in which they are used */
function endOf([first, ...later]: readonly NextKey[]): number | undefined {
  let end = first?.certificate?.notAfter;
  for (const { from, certificate } of later) {
    if (end === undefined || from / 1000 > end) return end;
    end = certificate?.notAfter;
  }
  return end;
}

/**
 * @param where what stands before the names of the options in an error
 * @throws OptionError
 */
export function readNextCertificate(next: NextCertificate, where: string): NextKey {
  const { from: given } = next;
  const from = typeof given === 'string' && !WITH_OFFSET.test(given) ? Number.NaN : new Date(given).getTime();
  if (Number.isNaN(from)) throw new OptionError(`${where}from`, NO_MOMENT);
  return { ...readOwnKey(next, where), from };
}

/** A time without an offset would mean another moment on another machine. */
const WITH_OFFSET = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/;

const NO_MOMENT: Text = {
  'zh-CN': '应为带时区的时间，如 2026-12-01T00:00:00+08:00',
  en: 'must be a time with its offset, like 2026-12-01T00:00:00+08:00',
};
