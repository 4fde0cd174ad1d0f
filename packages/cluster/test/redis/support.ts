import { Redis } from 'ioredis';
import { openRedisLimits, type RedisLimits, type RedisLimitsOptions } from '../../dist/redis/limits.js';

export const EPOCH = '{coupon-media}:epoch';

/** Sends a command to a Redis over a separate connection. */
export async function ask<T>(url: string, act: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url);
  try {
    return await act(client);
  } finally {
    client.disconnect();
  }
}

/**
 * Makes Redis appear to have remembered for this many seconds. After its first start, its memory would be too young to
 * be trusted.
 */
export async function age(url: string, seconds = 3600): Promise<void> {
  await ask(url, async (client) => {
    const [now] = await client.time();
    await client.hset(EPOCH, 'since', Number(now) - seconds);
  });
}

/** Limits on a Redis, and their log. */
export async function open(
  url: string,
  options: Partial<RedisLimitsOptions> = {},
): Promise<RedisLimits & { logged: string[] }> {
  const logged: string[] = [];
  const log = (_: string, message: string) => void logged.push(message);
  const limits = await openRedisLimits({ url, away: 'refuse', deadline: 5_000, log, ...options });
  return { ...limits, logged };
}

/** Opens limits on a Redis whose memory can be trusted. */
export async function openAged(url: string, options: Partial<RedisLimitsOptions> = {}) {
  const limits = await open(url, options);
  await age(url);
  return limits;
}

/** Returns the error that a call rejects with, or undefined. */
export async function errorOf(act: () => unknown): Promise<unknown> {
  try {
    await act();
    return undefined;
  } catch (error) {
    return error;
  }
}
