import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fetchProgram } from '../../tools/engines/fetched.mjs';
import { freePort } from '../../tools/engines/processes.mjs';
import { program } from '../../tools/engines/programs.mjs';
import { type Redis as Server, startRedis } from '../../tools/engines/redis.mjs';
import { startRedisCluster, startSentinels } from '../../tools/engines/redis-groups.mjs';
import { startTwemproxy } from '../../tools/engines/twemproxy.mjs';
import { makeCertificate } from './certificates.js';
import type { Engine, Mistake, Settings, SetUp, StartedSetUp } from './rows.js';

/** The rules of docs/OPERATIONS.md, for a database other than 0 and a Redis Cluster too. */
const RULES =
  '~{coupon-media}:* +info +time +eval +evalsha +get +set +del +hset +hmget +pexpire +select +cluster|slots';

/** Redis, as it is run. */
export const redis: Engine = {
  engine: 'Redis',
  setUps: [
    {
      name: 'one server, of Debian 12',
      set: '',
      brief: true,
      start: async () => ({ version: version(), settings: {}, end: async () => undefined }),
    },
    {
      name: 'Redis 6.2, the oldest that is supported',
      set: '',
      async start() {
        const oldest = fetchProgram('redis-server-6.2').program;
        const server = await startRedis({ program: oldest });
        return { version: version(oldest), settings: at(server.url), end: server.stop };
      },
    },
    cluster(
      'a Redis Cluster by one master that has other slots',
      '`redis://host:6379`',
      ([first]) => `redis://${first}`,
    ),
    cluster('a Redis Cluster by a replica', '`redis://host:6379`', (hosts) => `redis://${hosts.at(-1)}`),
    cluster(
      'a Redis Cluster by several nodes',
      '`redis+cluster://host1:6379,host2:6379`',
      (hosts) => `redis+cluster://${hosts.join(',')}`,
    ),
    {
      name: 'a primary that three Sentinels watch',
      set: '`redis+sentinel://host1:26379,host2:26379/NAME`',
      async start() {
        const { hosts, name, stop } = await startSentinels();
        return started(`redis+sentinel://${hosts.join(',')}/${name}`, stop);
      },
    },
    {
      name: 'TLS with a private authority and a certificate of the client',
      set: '`rediss://host:6379`, `COUPON_MEDIA_REDIS_CA_FILE`, `COUPON_MEDIA_REDIS_CERT_FILE`, `COUPON_MEDIA_REDIS_KEY_FILE`',
      start: async () => overTls(true),
    },
    {
      name: 'a Unix socket',
      set: '`redis+unix:///run/redis/redis.sock`',
      async start() {
        const socket = path.join(mkdtempSync(path.join(tmpdir(), 'coupon-media-socket-')), 'redis.sock');
        const server = await startRedis({ settings: { unixsocket: socket } });
        return started(`redis+unix://${socket}?db=1`, server.stop);
      },
    },
    {
      name: 'a user by ACL, in database 2',
      set: `\`ACL SETUSER … ${RULES}\``,
      start: () => withUser(RULES, '/2'),
    },
  ],
  mistakes: [
    mistake('`redis://` to a port that speaks TLS', /its URL begins with rediss:/, async () => {
      const { settings, end } = await overTls(false);
      return { settings: at(String(settings.COUPON_MEDIA_REDIS_URL).replace('rediss', 'redis')), end };
    }),
    own('`rediss://` to one that does not', /its URL begins with redis:/, ({ url }) =>
      url.replace('redis', 'rediss'),
    ),
    mistake('a private authority that nobody named', /COUPON_MEDIA_REDIS_CA_FILE/, async () => {
      const { settings, end } = await overTls(false);
      return { settings: at(String(settings.COUPON_MEDIA_REDIS_URL)), end };
    }),
    mistake('no password', /asks for a password/, async () => {
      const server = await startRedis({ password: 'hush-hush' });
      return { settings: at(`redis://127.0.0.1:${server.port}`), end: server.stop };
    }),
    own(
      'a wrong password',
      /WRONGPASS|without any password/,
      ({ port }) => `redis://nobody:hush-hush@127.0.0.1:${port}`,
    ),
    own(
      'a password that is not escaped',
      /%2F %3F %23/,
      ({ port }) => `redis://:Secr3t@Tail/Rest9@127.0.0.1:${port}`,
    ),
    mistake('a replica', /is a replica/, async () => {
      const { servers, stop } = await startSentinels({ sentinels: 1 });
      return { settings: at(String(servers[1]?.url)), end: stop };
    }),
    mistake("a Sentinel's port as that of Redis", /is a Sentinel/, async () => {
      const { hosts, stop } = await startSentinels({ sentinels: 1 });
      return { settings: at(`redis://${hosts[0]}`), end: stop };
    }),
    mistake('a name that the Sentinels do not know', /watch no primary/, async () => {
      const { hosts, stop } = await startSentinels({ sentinels: 1 });
      return { settings: at(`redis+sentinel://${hosts[0]}/mymaster`), end: stop };
    }),
    mistake('a user with `+@all -@dangerous`', /may not run INFO/, () =>
      withUser('~* +@all -@dangerous', ''),
    ),
    mistake('a user without `+time`', /may not run TIME/, () => withUser(RULES.replace(' +time', ''), '')),
    mistake('`maxmemory-policy allkeys-lru`', /noeviction/, async () => {
      const server = await startRedis({ settings: { 'maxmemory-policy': 'allkeys-lru' } });
      return { settings: at(server.url), end: server.stop };
    }),
    mistake('twemproxy in front of Redis', /as twemproxy does/, async () => {
      const server = await startRedis();
      const proxy = await startTwemproxy(server.port);
      return {
        settings: at(`redis://127.0.0.1:${proxy.port}`),
        end: () => Promise.all([proxy.stop(), server.stop()]),
      };
    }),
    own('a database that does not exist', /no database with the number/, ({ url }) => `${url}/99`),
  ],
};

function at(url: string): Settings {
  return { COUPON_MEDIA_REDIS_URL: url };
}

function version(server = program('redis-server')): string {
  return /v=(\S+)/.exec(execFileSync(server, ['--version'], { encoding: 'utf8' }))?.[1] ?? '';
}

function started(url: string, end: () => Promise<unknown>): StartedSetUp {
  return { version: version(), settings: at(url), end };
}

function cluster(name: string, set: string, urlOf: (hosts: readonly string[]) => string): SetUp {
  return {
    name,
    set,
    async start() {
      const { hosts, stop } = await startRedisCluster();
      return started(urlOf(hosts), stop);
    },
  };
}

function mistake(name: string, says: RegExp, start: Mistake['start']): Mistake {
  return { name, says, start };
}

/** A mistake in the URL of a plain server. */
function own(name: string, says: RegExp, urlOf: (server: Server) => string): Mistake {
  return mistake(name, says, async () => {
    const server = await startRedis();
    return { settings: at(urlOf(server)), end: server.stop };
  });
}

async function withUser(rules: string, database: string): Promise<StartedSetUp> {
  const server = await startRedis();
  await server.command('ACL', 'SETUSER', 'someone', 'on', '>hush-hush', ...rules.split(' '));
  return started(`redis://someone:hush-hush@127.0.0.1:${server.port}${database}`, server.stop);
}

/** A server whose certificate is its own authority. */
async function overTls(asksClients: boolean): Promise<StartedSetUp> {
  const own = await makeCertificate('IP:127.0.0.1');
  const key = path.join(path.dirname(own.file), 'server.key');
  const port = await freePort();
  const server = await startRedis({
    settings: {
      'tls-port': port,
      'tls-cert-file': own.file,
      'tls-key-file': key,
      'tls-ca-cert-file': own.file,
      'tls-auth-clients': asksClients ? 'yes' : 'no',
    },
  });
  const files = {
    COUPON_MEDIA_REDIS_CA_FILE: own.file,
    COUPON_MEDIA_REDIS_CERT_FILE: own.file,
    COUPON_MEDIA_REDIS_KEY_FILE: key,
  };
  return {
    version: version(),
    settings: { ...at(`rediss://127.0.0.1:${port}`), ...files },
    end: async () => {
      await server.stop();
      await own.remove();
    },
  };
}
