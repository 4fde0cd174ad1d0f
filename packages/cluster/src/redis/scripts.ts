import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** A program that Redis runs as one step; the only clock in it is Redis' own. */
export interface Script {
  readonly text: string;
  readonly digest: string;
  /** How many of the words that it is given are keys: the first. */
  readonly keys: number;
}

/** Runs a script; its text is sent only to a Redis that has not seen it. */
export async function runScript(client: Redis, script: Script, words: readonly string[]): Promise<string> {
  try {
    return String(await client.evalsha(script.digest, script.keys, ...words));
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    return String(await client.eval(script.text, script.keys, ...words));
  }
}

/**
 * The epoch: since when this Redis remembers without a gap, in whole seconds, and which run of which process it is that does.
 * Another run may have been started from an older snapshot, or have been a replica that had not heard everything.
 */
const EPOCH = `
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local epoch = redis.call('HMGET', KEYS[1], 'run', 'since')
local since = tonumber(epoch[2])
local began = epoch[1] ~= ARGV[1] or not since
if began then
  since = math.ceil(now)
  redis.call('HSET', KEYS[1], 'run', ARGV[1], 'since', since)
end
`;

/** Keys: epoch. Words: run. Gives `since`, `now` and whether the epoch begins with this. */
export const TELL_EPOCH = script(
  1,
  `${EPOCH}
return string.format('%d %.3f %s', since, now, tostring(began))`,
);

/**
 * Keys: epoch, nonce. Words: run, token, signedAt, expiresAt, and four bounds in the order in which they are read here. Gives
 * `reserved`, also to the token that has it; `used`; `forgotten SECONDS`; `clock`; or `ahead`, where it is reserved and is to be
 * recorded elsewhere, too.
 */
export const RESERVE = script(
  2,
  `${EPOCH}
local token, signed, expires = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local ahead, furthest, drift, slack = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
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

/** Keys: nonce. Words: token, the second at which it expires. What is there stays. */
export const KEEP = script(1, `return tostring(redis.call('SET', KEYS[1], ARGV[1], 'NX', 'EXAT', ARGV[2]))`);

/** Keys: nonce. Words: token. Gives 1 where it was there, and this token's. */
export const RELEASE = script(
  1,
  `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`,
);

/** Keys: bucket. Words: rate a second. Gives the seconds to wait, 0 where one was taken. A bucket is dropped when it is full. */
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
