import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { both, filled, type Text } from '@coupon-media/apiv3';
import type { Redis } from 'ioredis';
import { LimitsError } from './errors.js';
import { ACL_RULES, EPOCH_KEY, probeKey } from './keys.js';

/**
 * Checks that a server can hold nonces: that it is a primary, drops no keys, and lets this user run every command that is
 * needed.
 *
 * @param place for messages
 * @returns what identifies this run of this primary, as {@link runOf} does
 * @throws LimitsError; the library's own error, for example `MOVED`, if the server did not answer as one that is ready
 */
export async function checkSuitable(redis: Redis, place: string): Promise<string> {
  const info = await readInfo(redis, place);
  if (field(info, 'redis_mode') === 'sentinel' || field(info, 'server_mode') === 'sentinel')
    throw new LimitsError('SETTINGS', filled(TEXTS.sentinel, { place }));
  if (field(info, 'run_id') === '') throw new LimitsError('SETTINGS', filled(TEXTS.nameless, { place }));
  const policy = field(info, 'maxmemory_policy');
  if (policy && policy !== 'noeviction')
    throw new LimitsError('SETTINGS', filled(TEXTS.evicts, { place, policy }));
  // A replica in a cluster redirects to its primary.
  const isCluster = field(info, 'cluster_enabled') === '1';
  if (isReplica(info) && !isCluster) {
    const primary = `${field(info, 'master_host')}:${field(info, 'master_port')}`;
    throw new LimitsError('AWAY', filled(TEXTS.replica, { place, primary }));
  }
  await checkRights(redis, place);
  return runFrom(info, field(info, 'run_id'));
}

/**
 * Returns what identifies this run of this primary, or undefined if it is a replica now. The id of the replication changes
 * when a server becomes a primary again: until then another one was, and what that one stored may be lost.
 *
 * @param run what {@link checkSuitable} returned
 */
export async function runOf(redis: Redis, run: string): Promise<string | undefined> {
  const info = await redis.info('replication');
  return isReplica(info) ? undefined : runFrom(info, run.split('/')[0] ?? '');
}

function runFrom(info: string, runId: string): string {
  return `${runId}/${field(info, 'master_replid')}`;
}

function isReplica(info: string): boolean {
  return /^(slave|replica)$/.test(field(info, 'role'));
}

async function readInfo(redis: Redis, place: string): Promise<string> {
  for (;;) {
    const info = await redis.info().catch((error) => {
      throw isForbidden(error) ? lacking(place, ['INFO']) : error;
    });
    if (field(info, 'loading') !== '1') return info;
    await sleep(LOADING_INTERVAL); // the deadline of the connection ends this
  }
}

/** Milliseconds between questions whether Redis has read its data. */
const LOADING_INTERVAL = 100;

function field(info: string, name: string): string {
  return new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1] ?? '';
}

/** Runs each command that the scripts use once, on keys that disappear, since a limited user cannot ask for its rights. */
async function checkRights(redis: Redis, place: string): Promise<void> {
  const [text, hash] = [probeKey(randomUUID()), probeKey(randomUUID())];
  const soon = String(Math.floor(Date.now() / 1000) + 60);
  const trials: readonly (readonly [string, ...string[]])[] = [
    ['TIME'],
    ['GET', EPOCH_KEY.replace('epoch', 'probe')],
    ['SET', text, '1', 'NX', 'EXAT', soon],
    ['HSET', hash, 'run', '1'],
    ['HMGET', hash, 'run'],
    ['PEXPIRE', hash, '60000'],
    ['DEL', text, hash],
    ['EVALSHA', 'f'.repeat(40), '0'],
    ['EVAL', 'return 1', '0'],
  ];
  const results = await Promise.allSettled(
    trials.map(([command, ...words]) => redis.call(command, ...words)),
  );
  const failed = results.flatMap((result, at) =>
    result.status === 'rejected' && !/^NOSCRIPT/.test(messageOf(result.reason))
      ? [{ command: trials[at]?.[0] ?? '', error: result.reason }]
      : [],
  );
  const forbidden = failed.filter(({ error }) => isForbidden(error));
  if (forbidden.length > 0) throw lacking(place, [...new Set(forbidden.map(({ command }) => command))]);
  const missing = failed.find(({ error }) => /^ERR (unknown|syntax)/i.test(messageOf(error)));
  if (missing) {
    const values = { place, command: missing.command, reason: both(messageOf(missing.error)) };
    throw new LimitsError('SETTINGS', filled(TEXTS.unknown, values), { cause: missing.error });
  }
  if (failed[0]) throw failed[0].error;
}

/** Names the commands, and the rules that give them all. */
function lacking(place: string, commands: readonly string[]): LimitsError {
  const values = { place, commands: commands.join(', '), rules: ACL_RULES };
  return new LimitsError('SETTINGS', filled(TEXTS.forbidden, values));
}

function isForbidden(error: unknown): boolean {
  return /^NOPERM/.test(messageOf(error));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}

const TEXTS = {
  sentinel: {
    'zh-CN':
      'Redis（{place}）是 Sentinel，不存数据：COUPON_MEDIA_REDIS_URL 应写作 redis+sentinel://host1:26379,host2:26379/主节点名',
    en: 'Redis at {place} is a Sentinel, which holds no data: write COUPON_MEDIA_REDIS_URL as redis+sentinel://host1:26379,host2:26379/NAME, with the name of the primary',
  },
  nameless: {
    'zh-CN': '{place} 的 INFO 中没有 run_id，无法得知它何时丢失过数据：不是可用的 Redis，也可能是代理',
    en: 'INFO of {place} has no run_id, so that nobody could notice when it loses its memory: it is no Redis that can be used, or a proxy',
  },
  evicts: {
    'zh-CN':
      'Redis（{place}）内存不足时会淘汰键（{policy}）：被淘汰的随机串可能被重复使用。请将 maxmemory-policy 设为 noeviction',
    en: 'Redis at {place} drops keys when memory is short ({policy}): nonces it drops could be used twice. Set maxmemory-policy to noeviction',
  },
  replica: {
    'zh-CN': 'Redis（{place}）是只读的从节点，主节点是 {primary}：请填主节点的地址，或使用 redis+sentinel://',
    en: 'Redis at {place} is a replica, which cannot be written to; its primary is {primary}: give the address of the primary, or redis+sentinel://',
  },
  forbidden: {
    'zh-CN': 'Redis（{place}）的用户无权执行 {commands}（或无权访问这些键）。所需 ACL 规则：{rules}',
    en: 'the user of Redis at {place} may not run {commands}, or not on our keys. The ACL rules that it needs: {rules}',
  },
  unknown: {
    'zh-CN': 'Redis（{place}）不支持所需的 {command}（{reason}）：需要 Redis 6.2 或更新版本，且未改名命令',
    en: 'Redis at {place} does not have {command} as it is needed ({reason}): it must be Redis 6.2 or newer, with no commands renamed',
  },
} as const satisfies Record<string, Text>;
