import { setTimeout as sleep } from 'node:timers/promises';
import { both, errorText, filled, type Text, urlPlace } from '@coupon-media/apiv3';
import { Redis } from 'ioredis';
import { LimitsError } from './errors.js';
import { runScript, type Script, TELL_EPOCH } from './scripts.js';

/**
 * A connection to one run of one Redis process. Scripts receive the run's id, so that another process behind the same
 * address is noticed. A client that reconnects by itself would not notice it.
 */
export interface Link {
  /** Redis' own id of this run. */
  readonly run: string;
  script(script: Script, words: readonly string[]): Promise<string>;
}

/** Keeps one {@link Link} open. */
export interface RedisConnection {
  /** Undefined while there is no link. */
  readonly link: Link | undefined;
  /**
   * Runs a script on the link.
   *
   * @param words returns the arguments for a run
   * @param signal when it aborts, the link is replaced, and everything that waits on it fails
   * @throws LimitsError `AWAY`
   */
  ask(script: Script, words: (run: string) => readonly string[], signal: AbortSignal): Promise<string>;
  /** Closes the connection for good. */
  close(): void;
}

export interface RedisConnectionOptions {
  readonly url: string;
  /** The key of the epoch. */
  readonly epoch: string;
  /** Milliseconds within which a connection must be established and prepared. */
  readonly deadline: number;
  /** Prepares a new link before it is used. */
  prepare(link: Link): Promise<void>;
  log(level: 'info' | 'warn', message: string): void;
}

/**
 * Milliseconds before the next attempt to connect: from the first value, doubled up to the second, and shortened at
 * random by up to a half.
 */
const BACKOFF = [50, 2_000] as const;

/**
 * Connects to Redis.
 *
 * @throws LimitsError if Redis cannot be reached at the start, or its settings let it forget keys
 */
export async function connect(options: RedisConnectionOptions): Promise<RedisConnection> {
  const closing = new AbortController();
  let current: { link: Link; client: Redis } | undefined;
  let lastError: unknown;

  async function open(): Promise<void> {
    current = await openLink(options, closing.signal, lose);
  }

  function lose(client: Redis): void {
    client.disconnect();
    if (current?.client !== client) return;
    current = undefined;
    options.log('warn', `lost the connection to Redis at ${urlPlace(options.url, '6379')}`);
    void reopen();
  }

  async function reopen(): Promise<void> {
    for (let wait: number = BACKOFF[0]; !closing.signal.aborted; wait = Math.min(wait * 2, BACKOFF[1])) {
      try {
        await open();
        options.log('info', `connected to Redis at ${urlPlace(options.url, '6379')} again`);
        return;
      } catch (error) {
        lastError = error;
      }
      await sleep(wait * (1 - Math.random() / 2), undefined, { signal: closing.signal }).catch(() => {});
    }
  }

  await open();
  return {
    get link() {
      return current?.link;
    },
    async ask(script, words, signal) {
      const used = current;
      if (!used) {
        const place = urlPlace(options.url, '6379');
        throw new LimitsError('AWAY', filled(TEXTS.unconnected, { place }), { cause: lastError });
      }
      const give = () => lose(used.client);
      signal.addEventListener('abort', give, { once: true });
      try {
        return await used.link.script(script, words(used.link.run));
      } catch (error) {
        withoutCommand(error);
        // This Redis is a replica now. Connecting again finds the new primary.
        if (error instanceof Error && error.message.startsWith('READONLY')) give();
        throw error;
      } finally {
        signal.removeEventListener('abort', give);
      }
    },
    close() {
      closing.abort();
      const last = current;
      current = undefined;
      last?.client.disconnect();
    },
  };
}

async function openLink(
  { url, epoch, deadline, prepare, log }: RedisConnectionOptions,
  closing: AbortSignal,
  ended: (client: Redis) => void,
): Promise<{ link: Link; client: Redis }> {
  const place = urlPlace(url, '6379');
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: deadline,
    connectionName: 'coupon-media',
    // Callers fail at once while Redis is away, and a lost link is replaced by a new one and never repaired.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    autoResendUnfulfilledCommands: false,
  });
  let failure: unknown;
  client.on('error', (error) => {
    failure = withoutCommand(error);
  });
  const give = () => client.disconnect();
  closing.addEventListener('abort', give, { once: true });
  const timer = setTimeout(() => {
    failure ??= new LimitsError('AWAY', filled(TEXTS.late, { deadline }));
    give();
  }, deadline);
  try {
    await client.connect();
    const info = await client.info();
    const run = field(info, 'run_id');
    const policy = field(info, 'maxmemory_policy');
    if (policy && policy !== 'noeviction') {
      throw new LimitsError('SETTINGS', filled(TEXTS.evicts, { place, policy }));
    }
    const link: Link = { run, script: (script, words) => runScript(client, script, words) };
    const [since, , began] = (await link.script(TELL_EPOCH, [epoch, run])).split(' ');
    if (began === 'true')
      log(
        'warn',
        `Redis at ${place} does not remember requests from before ${iso(Number(since))}: they are refused`,
      );
    await prepare(link);
    client.once('end', () => ended(client));
    if (client.status !== 'ready') throw new LimitsError('AWAY', TEXTS.lost);
    return { link, client };
  } catch (error) {
    give();
    if (error instanceof LimitsError) throw error;
    const cause = failure ?? withoutCommand(error);
    throw new LimitsError('AWAY', filled(TEXTS.unusable, { place, reason: reason(cause) }), { cause });
  } finally {
    clearTimeout(timer);
    closing.removeEventListener('abort', give);
  }
}

function field(info: string, name: string): string {
  return new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1] ?? '';
}

/** Removes the command from an error. The library adds it, and it contains the password if that was rejected. */
function withoutCommand(error: unknown): unknown {
  if (error instanceof Error) Reflect.deleteProperty(error, 'command');
  return error;
}

function reason(error: unknown): Text {
  const { message, code } = error as NodeJS.ErrnoException;
  return message === '' && code !== undefined ? both(code) : errorText(error);
}

/** What is wrong with a Redis. */
const TEXTS = {
  unconnected: {
    'zh-CN': '没有到 Redis（{place}）的连接',
    en: 'there is no connection to Redis at {place}',
  },
  late: { 'zh-CN': '{deadline} 毫秒内没有响应', en: 'no response in {deadline} ms' },
  evicts: {
    'zh-CN':
      'Redis（{place}）内存不足时会淘汰键（{policy}）：被淘汰的随机串可能被重复使用。请将 maxmemory-policy 设为 noeviction',
    en: 'Redis at {place} drops keys when memory is short ({policy}): nonces it drops could be used twice. Set maxmemory-policy to noeviction',
  },
  lost: { 'zh-CN': '连接中断', en: 'the connection was lost' },
  unusable: {
    'zh-CN': '无法使用 Redis（{place}）：{reason}',
    en: 'Redis at {place} cannot be used: {reason}',
  },
} as const;

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
