import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** A program that Redis runs atomically. It uses only the clock of Redis. */
export interface Script {
  readonly text: string;
  readonly digest: string;
  /** The number of leading arguments that are keys. */
  readonly keys: number;
}

/** Runs a script. Its text is sent only if this Redis does not have it yet. */
export async function runScript(client: Redis, script: Script, words: readonly string[]): Promise<string> {
  try {
    return String(await client.evalsha(script.digest, script.keys, ...words));
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    return String(await client.eval(script.text, script.keys, ...words));
  }
}

/**
 * Computes the epoch: the time, in whole seconds, since when this run of Redis has remembered everything. Another run
 * may have started from an older snapshot, or may have been a replica that lagged behind. A run begins with a number; if
 * a later one has been here, nothing is done. A new epoch begins when the lease of the previous run has ended.
 */
const EPOCH = `
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local epoch = redis.call('HMGET', KEYS[1], 'run', 'since')
local function number(run) return tonumber(string.match(run or '', '^(%d+):')) or 0 end
if number(epoch[1]) > number(ARGV[1]) then return 'superseded' end
local since = tonumber(epoch[2])
local began = epoch[1] ~= ARGV[1] or not since
if began then
  since = math.ceil(now) + tonumber(ARGV[2])
  redis.call('HSET', KEYS[1], 'run', ARGV[1], 'since', since)
end
`;

/**
 * Keys: epoch. Arguments: run, seconds of a lease. Returns `since`, `now`, and whether this call began the epoch; or
 * `superseded`.
 */
export const TELL_EPOCH = script(
  1,
  `${EPOCH}
return string.format('%d %.3f %s', since, now, tostring(began))`,
);

/**
 * Keys: epoch, nonce. Arguments: run, seconds of a lease, end of the lease, token, signedAt, expiresAt, and the four bounds
 * in the order in which they are read. Returns `reserved` (also to the token that holds the nonce), `used`, `forgotten
 * SECONDS`, `clock`, `lapsed` if the lease has ended, `superseded`, or `ahead` if the nonce is reserved and must also be
 * recorded in the durable window.
 */
export const RESERVE = script(
  2,
  `${EPOCH}
if now > tonumber(ARGV[3]) then return 'lapsed' end
local token, signed, expires = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
local ahead, furthest, drift, slack = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
local holder = redis.call('GET', KEYS[2])
if holder and holder ~= token then return 'used' end
if signed <= since + ahead + drift then
  return string.format('forgotten %.3f', since + ahead + drift + 1 - now)
end
if signed > now + furthest or expires + slack <= now then return 'clock' end
redis.call('SET', KEYS[2], token, 'EXAT', string.format('%d', expires + slack + 1))
if signed > now + ahead or signed <= since + furthest + drift then return 'ahead' end
return 'reserved'`,
);

/** Keys: nonce. Arguments: token, Unix second of the expiry. An existing reservation is kept. */
export const KEEP = script(1, `return tostring(redis.call('SET', KEYS[1], ARGV[1], 'NX', 'EXAT', ARGV[2]))`);

/** Keys: nonce. Arguments: token. Returns 1 if the token held the nonce. */
export const RELEASE = script(
  1,
  `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`,
);

/**
 * Keys: bucket. Arguments: rate per second. Returns the seconds to wait, or 0 if a token was taken. A full bucket is
 * deleted.
 */
export const TAKE = script(
  1,
  `local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local rate = tonumber(ARGV[1])
local burst = math.max(1, rate * 2)
local last = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = burst
if last[1] and last[2] then
  tokens = math.min(burst, last[1] + math.max(0, now - last[2]) / 1000 * rate)
end
local wait = 0
if tokens >= 1 then tokens = tokens - 1 else wait = (1 - tokens) / rate end
redis.call('HSET', KEYS[1], 'tokens', tokens, 'at', now)
redis.call('PEXPIRE', KEYS[1], math.ceil((burst - tokens) / rate * 1000) + 1000)
return string.format('%.17g', wait)`,
);

function script(keys: number, text: string): Script {
  return { text, keys, digest: createHash('sha1').update(text).digest('hex') };
}
