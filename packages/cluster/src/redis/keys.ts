/** The names of all keys. The braces put them into one slot of a Redis Cluster, because scripts use several of them. */
const TAG = '{coupon-media}';

/** The slot of that tag: CRC16, as the specification of Redis Cluster defines it. */
export const SLOT = 7365;

/** Since when Redis remembers, and in which run. */
export const EPOCH_KEY = `${TAG}:epoch`;

export const nonceKey = (id: string): string => `${TAG}:nonce:${id}`;

export const quotaKey = (id: string): string => `${TAG}:quota:${id}`;

/** For keys that are written and deleted to learn whether the user may. */
export const probeKey = (id: string): string => `${TAG}:probe:${id}`;

/** The ACL rules that a user needs, as docs/OPERATIONS.md lists them. */
export const ACL_RULES = `~${TAG}:* ${[
  ...['+info', '+time', '+eval', '+evalsha', '+get', '+set', '+del', '+hset', '+hmget', '+pexpire'],
  ...['+select', '+cluster|slots'],
].join(' ')}`;
