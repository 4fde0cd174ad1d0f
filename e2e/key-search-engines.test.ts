import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { readCredentials, startSandbox } from '@coupon-media/sandbox';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { startRedis, useEngines } from '../tools/engines/index.mjs';
import { program } from '../tools/engines/programs.mjs';
import type { Redis } from '../tools/engines/redis.mjs';
import { readBucket } from '../tools/engines/s3.mjs';
import { clusterEnvironment, type Places } from './migrate/places.js';
import { wholePng } from './support/exchange.js';
import { filesBelow, findKey, formCount, type Place } from './support/key-search.js';
import { metricsText } from './support/metrics.js';
import { quietPort } from './support/quiet-port.js';
import { CLI, run, startCouponMediaIn } from './support/run.js';
import { sandboxOfTest, temporaryFolder } from './support/sandbox.js';
import { receiveTraces } from './support/traces.js';

vi.setConfig({ testTimeout: 120_000 });

const execute = promisify(execFile);
const engines = await useEngines('postgres', 's3', 'redis');

// The one-folder relay is searched in key-search.test.ts, with all that the command line writes.
describe('a relay on PostgreSQL, S3 and Redis', engines.needed, () => {
  test('has the key that it guards in its memory alone, and no token', async () => {
    const folder = await temporaryFolder();
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const at = (name: string) => path.join(folder, name);
    for (const name of ['temporary', 'reports']) await mkdir(at(name));
    const upstream = await sandboxOfTest();
    const callers = await startSandbox({ folder: at('caller'), port: 0, keys: 'own' });
    await callers.stop();
    const guarded = await readFile(upstream.credentials.privateKeyPath, 'utf8');
    // The same key at a host that is away: it is read, and each upload fails.
    const { baseUrl: _, ...keys } = upstream.credentials;
    await writeFile(at('away.json'), JSON.stringify({ ...keys, baseUrl: 'http://127.0.0.1:1' }), {
      mode: 0o600,
    });
    const accounts = {
      shop: { profile: upstream.credentialsPath, pace: { perSecond: 1_000 } },
      away: { profile: at('away.json'), callers: ['1900009999'] },
    };
    await writeFile(at('accounts.json'), JSON.stringify({ accounts }), { mode: 0o600 });
    const traces = await receiveTraces();
    const metricsPort = await quietPort();
    // Its snapshot holds nothing of other tests. It is read as a file: `redis-cli --rdb` changes the run that other tests' nodes use.
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const environment = {
      ...clusterEnvironment({ ...engines, redis }),
      COUPON_MEDIA_ACCOUNTS_FILE: at('accounts.json'),
      COUPON_MEDIA_UPLOAD_TEMP_DIR: at('temporary'),
      COUPON_MEDIA_LOG_LEVEL: 'debug',
      COUPON_MEDIA_METRICS_PORT: String(metricsPort),
      OTEL_EXPORTER_OTLP_ENDPOINT: traces.endpoint,
      NODE_OPTIONS: `--report-on-signal --report-directory=${at('reports')}`,
    };
    const places: Place[] = [];
    const ours = async (...args: string[]) => {
      const env = { ...process.env, ...environment };
      const { stdout, stderr } = await run(process.execPath, [CLI, ...args], '', { env });
      places.push([`${args.join(' ')}: stderr`, stderr]);
      return stdout;
    };
    const caller = await readCredentials(callers.credentialsPath);
    await ours('merchant', 'add', caller.mchid, '--certificate', caller.certificatePath);
    const tokens: string[] = [];
    for (const account of Object.keys(accounts)) {
      const made = await ours(
        'token',
        'create',
        '--name',
        account,
        '--account',
        account,
        '--scope',
        'upload,read,admin',
      );
      tokens.push(/cmr_[\w-]+/.exec(made)?.[0] ?? '');
    }
    expect(tokens).not.toContain('');
    const relay = startCouponMediaIn(environment, ['relay', '--port', '0', '--lang', 'en']);
    const [baseUrl = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(await relay.prints('http://127.0.0.1:')) ?? [];

    const ask = async (way: string, options: RequestInit = {}) => {
      const answer = await fetch(`${baseUrl}${way}`, { ...options, signal: AbortSignal.timeout(5_000) });
      places.push([`${way}: headers`, JSON.stringify([...answer.headers])]);
      places.push([way, Buffer.from(await answer.arrayBuffer())]);
    };
    const image = wholePng(1);
    await writeFile(at('coupon.png'), image);
    places.push([
      'upload',
      await ours(
        'upload',
        at('coupon.png'),
        '--json',
        '--no-ledger',
        '--profile',
        callers.credentialsPath,
        '--base-url',
        baseUrl,
      ),
    ]);
    for (const token of tokens) {
      const authorization = `Bearer ${token}`;
      for (const prefer of ['wait=1', 'respond-async'])
        for (const body of [image, wholePng(2), Buffer.from('no image')])
          await ask('/v1/images', {
            method: 'POST',
            headers: { authorization, 'content-type': 'image/png', prefer },
            body: new Uint8Array(body),
          });
      for (const way of ['/v1/images', '/v1/audit', '/v1/uploads/none', '/v1/nothing'])
        await ask(way, { headers: { authorization } });
      await ask(`/v1/images?token=${token}`);
    }
    for (const way of ['/healthz', '/readyz', '/v1/openapi.json', '/v1/callback-key', '/openapi.json'])
      await ask(way);
    places.push(['metrics', await metricsText(metricsPort)]);
    const pid = relay.child.pid ?? 0;
    process.kill(pid, 'SIGUSR2');
    await expect.poll(async () => (await readdir(at('reports'))).length).toBe(1);
    places.push(...(await processes(pid)), ...(await stored({ ...engines, redis })));
    places.push(['audit', await ours('audit')]);
    const { stdout, stderr } = await relay.stop('SIGTERM');
    places.push(['relay: stdout', stdout], ['relay: stderr', stderr], ['traces', traces.received()]);
    for (const name of ['reports', 'temporary']) places.push(...(await filesBelow(at(name))));

    // What is looked through is there: it did use the key, and each engine has something.
    expect(upstream.requests.filter(({ upload }) => upload).length).toBeGreaterThanOrEqual(2);
    expect(textOf(places, 'pg_dump')).toContain('relay_upload');
    expect(textOf(places, 'object ')).toContain('PNG');
    expect(textOf(places, 'redis')).toContain('REDIS');
    expect(textOf(places, 'environ')).toContain('COUPON_MEDIA_ACCOUNTS_FILE');
    expect(findKey(guarded, places)).toEqual([]);
    const withToken = places.filter(([, content]) =>
      tokens.some((token) => Buffer.from(content as Uint8Array).includes(token.slice(-43))),
    );
    expect(withToken.map(([name]) => name)).toEqual([]);
    const bytes = places.reduce((sum, [, content]) => sum + Buffer.from(content as Uint8Array).length, 0);
    process.stderr.write(
      `coupon-media: relay on PostgreSQL, S3 and Redis: ${formCount(guarded)} forms of the key looked for in ${places.length} places, ${bytes} bytes: found nowhere\n`,
    );
  });
});

/** The content of all places whose name has a word. */
function textOf(places: readonly Place[], word: string): string {
  return places
    .filter(([name]) => name.includes(word))
    .map(([, content]) => Buffer.from(content as Uint8Array).toString('latin1'))
    .join('\n');
}

/** What the system shows of a process and of its children. */
async function processes(parent: number): Promise<Place[]> {
  const { stdout } = await execute('ps', ['-eo', 'pid=,ppid=']);
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const own = [parent];
  for (const pid of own) own.push(...rows.flatMap(([child = 0, of]) => (of === pid ? [child] : [])));
  const shown = own.flatMap((pid) =>
    ['environ', 'cmdline', 'status', 'maps'].map((name) => `/proc/${pid}/${name}`),
  );
  return Promise.all(shown.map(async (file): Promise<Place> => [file, await readFile(file).catch(() => '')]));
}

/** Everything that the engines hold: a dump, each object of the bucket, and the snapshot of Redis. */
async function stored({ postgres, s3, redis }: Places & { redis: Redis }): Promise<Place[]> {
  const most = { maxBuffer: 2 ** 28, encoding: 'buffer' as const };
  const dump = await execute(program('pg_dump'), [postgres.url], most);
  await redis.command('SAVE');
  const objects = await readBucket(s3, s3.bucket);
  return [
    ['pg_dump', dump.stdout],
    ['redis', await readFile(path.join(redis.folder, 'dump.rdb'))],
    ...objects.map(([name, content]): Place => [`object ${name}`, content]),
  ];
}
