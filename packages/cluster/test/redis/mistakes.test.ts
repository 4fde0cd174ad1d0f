import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireEngines, startRedis } from '../../../../tools/engines/index.mjs';
import { freePort } from '../../../../tools/engines/processes.mjs';
import { startSentinels } from '../../../../tools/engines/redis-groups.mjs';
import { nonce } from '../../../server/test/contracts/limits.js';
import { ACL_RULES } from '../../dist/redis/keys.js';
import type { RedisLimitsOptions } from '../../dist/redis/limits.js';
import { makeCertificates } from './certificates.js';
import { age, errorOf, open } from './support.js';

// The mistakes that operators make with Redis, and the words that they see.

const own = await requireEngines('redis');

describe('a Redis that cannot be used as its URL says', own.needed, () => {
  type RedisServer = Awaited<ReturnType<typeof startRedis>>;
  let folder: string;
  let files: { ca: string; certificate: string; key: string };
  let plain: RedisServer;
  let secret: RedisServer;
  let tls: RedisServer;
  let replica: RedisServer;
  let sentinels: Awaited<ReturnType<typeof startSentinels>>;
  let proxy: Server;
  let places: Record<string, string>;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'coupon-media-redis-'));
    files = await makeCertificates(folder);
    const tlsPort = await freePort();
    const settings = {
      'tls-port': tlsPort,
      'tls-cert-file': files.certificate,
      'tls-key-file': files.key,
      'tls-ca-cert-file': files.ca,
    };
    [plain, secret, tls, sentinels] = await Promise.all([
      startRedis({ settings: { unixsocket: path.join(folder, 'redis.sock') } }),
      startRedis({ password: 'hush-hush' }),
      startRedis({ settings }),
      startSentinels({ sentinels: 1 }),
    ]);
    replica = sentinels.servers[1] as RedisServer;
    for (const [name, rules] of Object.entries(USERS))
      await plain.command('ACL', 'SETUSER', name, 'on', '>hush-hush', ...rules.split(' '));
    proxy = createServer((socket) => {
      socket.on('error', () => {});
      // As twemproxy does: it knows PING, and closes at what it cannot send to one of many servers.
      socket.on('data', (data) => (/PING/.test(String(data)) ? socket.write('+PONG\r\n') : socket.destroy()));
    });
    places = {
      PLAIN: `127.0.0.1:${plain.port}`,
      SECRET: `127.0.0.1:${secret.port}`,
      SECURE: `127.0.0.1:${tlsPort}`,
      REPLICA: `127.0.0.1:${replica.port}`,
      PRIMARY: `127.0.0.1:${sentinels.servers[0]?.port}`,
      SENTINEL: String(sentinels.hosts[0]),
      PROXY: `127.0.0.1:${await listening(proxy)}`,
      FOLDER: folder,
    };
  });
  afterAll(async () => {
    proxy?.close();
    await Promise.all([plain, secret, tls, sentinels].map((one) => one?.stop()));
    await rm(folder, { recursive: true, force: true });
  });

  /** Users by ACL, and their rules. */
  const USERS = {
    right: ACL_RULES,
    usual: '~* +@all -@dangerous',
    few: '~{coupon-media}:* +@read +@write +@scripting +info -time',
    elsewhere: `~other:* ${ACL_RULES.replace(/^\S+ /, '')}`,
  };

  const filled = (text: string) => text.replace(/[A-Z]{3,}/g, (name) => places[name] ?? name);

  const CASES: readonly [what: string, url: string, code: string, words: string | RegExp][] = [
    [
      'redis:// to a port that speaks TLS',
      'redis://SECURE',
      'AWAY',
      'this port speaks TLS: its URL begins with rediss://',
    ],
    [
      'rediss:// to one that does not',
      'rediss://PLAIN',
      'AWAY',
      'this port does not speak TLS: its URL begins with redis://',
    ],
    [
      'no authority',
      'rediss://SECURE',
      'AWAY',
      'set COUPON_MEDIA_REDIS_CA_FILE to the PEM file of that authority',
    ],
    ['no password', 'redis://SECRET', 'AWAY', 'it asks for a password: redis://:password@host'],
    ['a wrong password', 'redis://:wrong-one@SECRET', 'AWAY', 'WRONGPASS'],
    ['a password that is not escaped', 'redis://:Secr3t@Tail/Rest9@PLAIN', 'SETTINGS', '%2F %3F %23 %40 %25'],
    [
      'a replica',
      'redis://REPLICA',
      'AWAY',
      'is a replica, which cannot be written to; its primary is PRIMARY',
    ],
    [
      'a Sentinel as Redis',
      'redis://SENTINEL',
      'SETTINGS',
      'is a Sentinel, which holds no data: write COUPON_MEDIA_REDIS_URL as redis+sentinel://',
    ],
    [
      'Redis as a Sentinel',
      'redis+sentinel://PLAIN/coupons',
      'AWAY',
      'it is no Sentinel: the URL of a Redis itself begins with redis://',
    ],
    [
      'a name that the Sentinels do not know',
      'redis+sentinel://SENTINEL/mymaster',
      'AWAY',
      'the Sentinels watch no primary that is called mymaster',
    ],
    [
      'a Sentinel without a name',
      'redis+sentinel://SENTINEL',
      'SETTINGS',
      'the name that the Sentinels give the primary',
    ],
    [
      'Redis as a cluster',
      'redis+cluster://PLAIN',
      'AWAY',
      'it belongs to no Redis Cluster: its URL begins with redis://',
    ],
    ['a database that does not exist', 'redis://PLAIN/99', 'AWAY', 'it has no database with the number'],
    [
      'a parameter',
      'redis://PLAIN?tls=true',
      'SETTINGS',
      'no parameters; a Unix socket is redis+unix:///path',
    ],
    [
      'a socket that is not there',
      'redis+unix://FOLDER/none.sock',
      'AWAY',
      /none\.sock cannot be used: .*ENOENT/,
    ],
    ['a user by the usual recipe', 'redis://usual:hush-hush@PLAIN', 'SETTINGS', 'may not run INFO'],
    [
      'a user who lacks one command',
      'redis://few:hush-hush@PLAIN',
      'SETTINGS',
      `may not run TIME, or not on our keys. The ACL rules that it needs: ${ACL_RULES}`,
    ],
    [
      'a user for other keys',
      'redis://elsewhere:hush-hush@PLAIN',
      'SETTINGS',
      'may not run GET, SET, HSET, HMGET, PEXPIRE, DEL, or not on our keys',
    ],
    ['a proxy that divides commands', 'redis://PROXY', 'AWAY', 'closes at INFO, as twemproxy does'],
  ];

  it.each(CASES)('%s', async (_, url, code, words) => {
    const error = await errorOf(() => open(filled(url), { deadline: 4_000 }));
    expect(error).toMatchObject({ name: 'LimitsError', code });
    const { message, texts } = error as { message: string; texts: Record<string, string> };
    if (words instanceof RegExp) expect(message).toMatch(words);
    else expect(message).toContain(filled(words));
    expect(texts['zh-CN']).toMatch(/[\u4e00-\u9fff]/);
    expect(JSON.stringify([message, texts])).not.toMatch(/hush|wrong-one|Secr3t|Tail|Rest9/);
  });

  const tlsCases: readonly [what: string, tls: (from: typeof files) => object, words: string][] = [
    [
      'no certificate of the client',
      ({ ca }) => ({ ca }),
      'set COUPON_MEDIA_REDIS_CERT_FILE and COUPON_MEDIA_REDIS_KEY_FILE',
    ],
    [
      'a certificate without its key',
      ({ ca, certificate }) => ({ ca, certificate }),
      'COUPON_MEDIA_REDIS_KEY_FILE: must also be set',
    ],
    [
      'a file that is not there',
      () => ({ ca: '/nowhere/secret.pem' }),
      'COUPON_MEDIA_REDIS_CA_FILE: ENOENT: no such file or directory',
    ],
    [
      'a file that is no PEM',
      () => ({ ca: path.join(folder, 'extensions') }),
      'COUPON_MEDIA_REDIS_CA_FILE: the file is no PEM, or damaged',
    ],
    [
      'a key of another certificate',
      ({ ca, certificate }) => ({ ca, certificate, key: path.join(folder, 'ca.key') }),
      'are no pair',
    ],
  ];

  it.each(tlsCases)('%s', async (_, tlsOf, words) => {
    const error = await errorOf(() =>
      open(filled('rediss://SECURE'), { deadline: 4_000, tls: tlsOf(files) }),
    );
    expect(error).toMatchObject({ name: 'LimitsError', message: expect.stringContaining(words) });
    expect(String(error)).not.toContain('secret.pem');
  });

  it('files without TLS are refused', async () => {
    const error = await errorOf(() => open(plain.url, { tls: { ca: files.ca } }));
    expect(error).toMatchObject({
      code: 'SETTINGS',
      message: expect.stringContaining('begins with rediss://'),
    });
  });

  const RIGHT: readonly [what: string, url: string, tls: boolean][] = [
    ['a private authority and a certificate of the client', 'rediss://SECURE', true],
    ['a Unix socket', 'redis+unix://FOLDER/redis.sock?db=1', false],
    ['a user with the documented rules, in a database', 'redis://right:hush-hush@PLAIN/2', false],
    ['Sentinels', 'redis+sentinel://SENTINEL/coupons', false],
  ];

  it.each(RIGHT)('%s works', async (_, url, isTls) => {
    const options: Partial<RedisLimitsOptions> = isTls ? { tls: files } : {};
    const limits = await open(filled(url), options);
    try {
      expect(limits.logged).toHaveLength(1);
      expect(await errorOf(() => limits.nonces.reserve(nonce()))).toMatchObject({ code: 'FORGOTTEN' });
      expect(await limits.quota.take('1900000001', 5)).toBe(0);
    } finally {
      await limits.close();
    }
  });

  it('a password with every character works by each way, escaped', async () => {
    const password = 'p@ss/w:o?r#d%,[]';
    const server = await startRedis({ password });
    const limits = await open(server.url);
    await age(server.url);
    expect(await limits.nonces.reserve(nonce())).toBe(true);
    await limits.close();
    await server.stop();
  });
});

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}
