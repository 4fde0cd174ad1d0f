import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inspect } from 'node:util';
import { generateCertifiedPair, startSandbox } from '@coupon-media/sandbox';
import { openEmbeddedMerchants } from '@coupon-media/server';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { wholePng } from './support/exchange.js';
import { filesBelow, findKey, formCount, type Place } from './support/key-search.js';
import { metricsText } from './support/metrics.js';
import { quietPort } from './support/quiet-port.js';
import { couponMedia, run, startCouponMediaIn } from './support/run.js';
import { sandboxOfTest, temporaryFolder } from './support/sandbox.js';
import { receiveTraces } from './support/traces.js';

vi.setConfig({ testTimeout: 120_000 });

const MCHID = '1900000109';

describe('the search finds a key', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const jwk = privateKey.export({ format: 'jwk' });
  const d = Buffer.from(jwk.d ?? '', 'base64url');
  const q = Buffer.from(jwk.q ?? '', 'base64url');
  const der = privateKey.export({ type: 'pkcs1', format: 'der' });

  test.each<[string, string | Buffer]>([
    ['as PEM', pem],
    [
      'as PEM of PKCS#1, its lines escaped',
      JSON.stringify(privateKey.export({ type: 'pkcs1', format: 'pem' })),
    ],
    ['as a line of its PEM', pem.split('\n')[20] ?? ''],
    ['as base64 of its PEM', Buffer.from(pem).toString('base64')],
    ['as DER', der],
    ['as base64 of DER', der.toString('base64')],
    ['as DER in hex, broken into lines', der.toString('hex').replace(/.{60}/g, '$&\n')],
    ['as DER shown by inspect', inspect(d)],
    ['as DER shown as JSON', JSON.stringify(der)],
    ['as a JWK', JSON.stringify(jwk)],
    ['by its d, as openssl shows it', d.toString('hex').replace(/..(?!$)/g, '$&:')],
    ['by its d in upper case', d.toString('hex').toUpperCase()],
    ['by its q as a decimal', BigInt(`0x${q.toString('hex')}`).toString()],
    [
      'by its q within other base64',
      Buffer.concat([Buffer.from('x'), q, Buffer.from('yz')]).toString('base64'),
    ],
    ['by its q within other base64url', Buffer.concat([Buffer.from('xy'), q]).toString('base64url')],
  ])('%s', (_, text) => {
    const place = Buffer.concat([Buffer.from('before '), Buffer.from(text as string), Buffer.from(' after')]);
    expect(findKey(pem, [['log', place]])).not.toEqual([]);
  });

  test('and takes neither the public half nor another key for it', () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const places = [
      publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      publicKey.export({ type: 'spki', format: 'der' }).toString('hex'),
      JSON.stringify(publicKey.export({ format: 'jwk' })),
      other.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ].map((text, at) => [String(at), text] as const);
    expect(findKey(pem, places)).toEqual([]);
  });
});

/** A merchant's key, and the profile with it. */
let folder: string;
let merchantPem: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  const { privateKeyPem, certificatePem } = await generateCertifiedPair(`CN=${MCHID}`, new Date());
  merchantPem = privateKeyPem;
  await writeFile(at('apiclient_key.pem'), privateKeyPem, { mode: 0o600 });
  await writeFile(at('apiclient_cert.pem'), certificatePem);
  await writeFile(at('coupon.png'), wholePng(1));
  await writeFile(at('coupon.gif'), 'GIF89a');
  await mkdir(at('reports'));
  return () => rm(folder, { recursive: true, force: true });
});

test('service, client and command line write no private key anywhere', async () => {
  const places: Place[] = [];
  const traces = await receiveTraces();
  const [id = '', ...publicKey] = (await ours(places, 'platform-key', 'add', '--data', at('data'))).split(
    '\n',
  );
  await ours(
    places,
    'merchant',
    'add',
    MCHID,
    '--certificate',
    at('apiclient_cert.pem'),
    '--data',
    at('data'),
  );
  const metricsPort = await quietPort();
  const service = startCouponMediaIn(
    {
      COUPON_MEDIA_LOG_LEVEL: 'debug',
      COUPON_MEDIA_METRICS_PORT: String(metricsPort),
      OTEL_EXPORTER_OTLP_ENDPOINT: traces.endpoint,
      NODE_OPTIONS: `--report-on-signal --report-directory=${at('reports')}`,
    },
    ['serve', '--port', '0', '--data', at('data'), '--lang', 'en'],
  );
  const [baseUrl = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(await service.prints('http://127.0.0.1:')) ?? [];
  await useFrom(places, { baseUrl, id, publicKey: publicKey.join('\n') });
  places.push(['metrics', await metricsText(metricsPort)]);
  await reported(service.child.pid);
  const { stdout, stderr } = await service.stop('SIGTERM');
  places.push(['serve: stdout', stdout], ['serve: stderr', stderr], ['traces', traces.received()]);
  places.push(...(await filesBelow(at('reports'))));

  expect(findKey(merchantPem, [...places, ...(await filesBelow(at('data')))])).toEqual([]);
  // The database holds the service's own key on purpose; nothing else does.
  const database = ['store.db', 'store.db-wal', 'store.db-shm'];
  const elsewhere = [...places, ...(await filesBelow(at('data'), database))];
  const store = await openEmbeddedMerchants({ folder: at('data') });
  for (const { privateKeyPem } of await store.platformKeys())
    expect(findKey(privateKeyPem, elsewhere)).toEqual([]);
  await store.close();
  told('service, client and command line', places, await filesBelow(at('data')));
});

test('the sandbox writes the keys that it makes into their files alone', async () => {
  const places: Place[] = [];
  const data = at('sandbox');
  const sandbox = startCouponMediaIn(
    { NODE_OPTIONS: `--report-on-signal --report-directory=${at('reports')}` },
    ['sandbox', '--port', '0', '--data', data, '--lang', 'en'],
  );
  const [baseUrl = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(await sandbox.prints('http://127.0.0.1:')) ?? [];
  const profile = path.join(data, 'credentials.json');
  for (const file of ['coupon.png', 'coupon.gif'])
    await ours(places, 'upload', at(file), '--no-ledger', '--profile', profile);
  for (const name of [
    '',
    '/requests',
    '/requests?format=har',
    '/requests?format=curl',
    '/responses',
    '/faults',
  ]) {
    const response = await fetch(`${baseUrl}/sandbox${name}`);
    places.push([`/sandbox${name}`, Buffer.from(await response.arrayBuffer())]);
  }
  await reported(sandbox.child.pid);
  const { stdout, stderr } = await sandbox.stop();
  places.push(['sandbox: stdout', stdout], ['sandbox: stderr', stderr], ...(await filesBelow(at('reports'))));
  const files = await filesBelow(data);
  const isKey = ([name]: Place) => name.endsWith('_key.pem');
  const keys = files.filter(isKey).map(([, content]) => Buffer.from(content as Uint8Array).toString());
  expect(keys.length).toBeGreaterThanOrEqual(1);
  for (const pem of keys.filter((text) => text.includes('PRIVATE')))
    expect(findKey(pem, [...places, ...files.filter((file) => !isKey(file))])).toEqual([]);
  told('sandbox', places, files);
});

test('the relay writes neither the key that it guards nor a token', async () => {
  const places: Place[] = [];
  const traces = await receiveTraces();
  const upstream = await sandboxOfTest();
  const data = at('relay');
  const callers = await startSandbox({ folder: data, port: 0, keys: 'own' });
  await callers.stop();
  const guarded = await readFile(upstream.credentials.privateKeyPath, 'utf8');
  // The same account at a host that is away: the key is read, and each of its uploads fails.
  const away = JSON.parse(await readFile(upstream.credentialsPath, 'utf8'));
  for (const [name, value] of Object.entries(away))
    if (name.endsWith('Path'))
      away[name] = path.resolve(path.dirname(upstream.credentialsPath), String(value));
  await writeFile(at('away.json'), JSON.stringify({ ...away, baseUrl: 'http://127.0.0.1:1' }), {
    mode: 0o600,
  });
  const accounts = {
    shop: {
      profile: upstream.credentialsPath,
      pace: { perSecond: 1_000 },
      callers: [callers.credentials.mchid],
    },
    away: { profile: at('away.json'), callers: ['1900009999'] },
  };
  await writeFile(at('accounts.json'), JSON.stringify({ accounts }));
  const metricsPort = await quietPort();
  const relay = startCouponMediaIn(
    {
      COUPON_MEDIA_LOG_LEVEL: 'debug',
      COUPON_MEDIA_METRICS_PORT: String(metricsPort),
      OTEL_EXPORTER_OTLP_ENDPOINT: traces.endpoint,
      NODE_OPTIONS: `--report-on-signal --report-directory=${at('reports')}`,
    },
    ['relay', '--port', '0', '--data', data, '--accounts', at('accounts.json'), '--lang', 'en'],
  );
  const [baseUrl = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(await relay.prints('http://127.0.0.1:')) ?? [];
  const profile = path.join(data, 'credentials.json');
  for (const file of ['coupon.png', 'coupon.png', 'coupon.gif'])
    await ours(
      places,
      'upload',
      at(file),
      '--json',
      '--no-ledger',
      '--profile',
      profile,
      '--base-url',
      baseUrl,
    );
  const tokens: string[] = [];
  for (const account of ['shop', 'away']) {
    const made = await couponMedia(
      'token',
      'create',
      '--name',
      account,
      '--account',
      account,
      '--data',
      data,
    );
    const [token = ''] = /cmr_[\w-]+/.exec(made.stdout) ?? [];
    expect(token, made.stderr).not.toBe('');
    tokens.push(token);
    for (const body of [await readFile(at('coupon.png')), Buffer.from('GIF89a')]) {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'image/png', prefer: 'wait=1' };
      const response = await fetch(`${baseUrl}/v1/images?filename=a.png`, {
        method: 'POST',
        headers,
        body,
        signal: AbortSignal.timeout(5_000),
      }).catch((error: unknown) => new Response(String(error)));
      places.push([`/v1/images, ${account}`, Buffer.from(await response.arrayBuffer())]);
    }
  }
  places.push(['metrics', await metricsText(metricsPort)]);
  await reported(relay.child.pid);
  await ours(places, 'audit', '--data', data);
  const { stdout, stderr } = await relay.stop('SIGTERM');
  places.push(['relay: stdout', stdout], ['relay: stderr', stderr], ['traces', traces.received()]);
  places.push(...(await filesBelow(at('reports'))), ...(await filesBelow(data)));
  expect(upstream.requests.filter(({ upload }) => upload)).toHaveLength(1); // it did use the key
  expect(findKey(guarded, places)).toEqual([]);
  const seen = places.filter(([, content]) =>
    tokens.some((token) => Buffer.from(content as Uint8Array).includes(token.slice(-43))),
  );
  expect(seen.map(([name]) => name)).toEqual([]);
  told('relay', places, []);
});

/** Uploads, refusals, mistakes and every command that reads the key: by SDK and command line. */
async function useFrom(places: Place[], platform: { baseUrl: string; id: string; publicKey: string }) {
  await writeFile(at('pub_key.pem'), platform.publicKey);
  const profile = {
    baseUrl: platform.baseUrl,
    mchid: MCHID,
    certificatePath: 'apiclient_cert.pem',
    privateKeyPath: 'apiclient_key.pem',
    wechatPayPublicKeyId: platform.id,
    wechatPayPublicKeyPath: 'pub_key.pem',
  };
  const rsaPem = createPrivateKey(merchantPem).export({ type: 'pkcs1', format: 'pem' });
  const profiles = {
    right: profile,
    inline: { ...profile, privateKeyPath: undefined, privateKey: rsaPem },
    refused: { ...profile, mchid: '1900000998' },
    misplaced: { ...profile, mchid: merchantPem },
    unreachable: { ...profile, baseUrl: 'http://127.0.0.1:1' },
  };
  for (const [name, content] of Object.entries(profiles)) {
    const file = at(`${name}.json`);
    await writeFile(file, JSON.stringify(content), { mode: 0o600 });
    for (const args of [
      ['doctor', '--json'],
      ['config', 'show', '--json'],
      ['sign', 'GET', '/v3/certificates', '--json'],
      ['upload', at('coupon.png'), '--json', '--no-ledger'],
      ['upload', at('coupon.gif'), '--no-ledger'],
    ])
      await ours(places, ...args, '--profile', file);
    const { stdout, stderr } = await run(
      process.execPath,
      ['--input-type=module', '-', file, at('reports'), at('coupon.png')],
      CLIENT,
    );
    places.push([`client, ${name}: stdout`, stdout], [`client, ${name}: stderr`, stderr]);
  }
}

/** A program that shows all that the client tells: hooks, results, errors with everything in them, and Node's report. */
const CLIENT = `
  import { inspect } from 'node:util';
  import { createClient } from '@coupon-media/client';
  const show = (value) => console.log(inspect(value, { depth: 20, showHidden: true, maxStringLength: null, maxArrayLength: null }), JSON.stringify(value));
  const names = ['onAttempt', 'onAttemptEnd', 'onRetry', 'onHostChange', 'onCertificates'];
  const [profile, reports, image] = process.argv.slice(2);
  process.report.directory = reports;
  try {
    const client = createClient({ profile, retries: 1, hooks: Object.fromEntries(names.map((name) => [name, show])) });
    show(client);
    await client.uploadImage(image).then(show, show);
    await client.uploadImage(Buffer.from('x'), { filename: 'x.png' }).then(show, show);
    await client.request('GET', '/v3/nothing').then(show, show);
    process.report.writeReport(new Error('a report'));
    await client.close();
  } catch (error) {
    show(error);
  }
`;

/** Runs the command, whatever it ends with. */
async function ours(places: Place[], ...args: string[]): Promise<string> {
  const { stdout, stderr } = await couponMedia(...args);
  places.push([`${args.join(' ')}: stdout`, stdout], [`${args.join(' ')}: stderr`, stderr]);
  return stdout;
}

/** Lets a process write Node's diagnostic report. */
async function reported(pid = 0): Promise<void> {
  const before = (await filesBelow(at('reports'))).length;
  process.kill(pid, 'SIGUSR2');
  await expect.poll(async () => (await filesBelow(at('reports'))).length).toBe(before + 1);
}

/** What was searched, as a line of the output. */
function told(what: string, places: readonly Place[], files: readonly Place[]): void {
  const all = [...places, ...files];
  const bytes = all.reduce((sum, [, content]) => sum + Buffer.from(content as Uint8Array).length, 0);
  process.stderr.write(
    `coupon-media: ${what}: ${formCount(merchantPem)} forms of each key looked for in ${all.length} outputs and files, ${bytes} bytes: found nowhere\n`,
  );
}

function at(name: string): string {
  return path.join(folder, name);
}
