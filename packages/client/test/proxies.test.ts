import { inspect } from 'node:util';
import { createClient, NetworkError } from '@coupon-media/client';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { png } from './images.js';
import { startProxy, startSocks } from './proxies.js';
import { IMAGE_URL, optionsFor, startService } from './service.js';

const NAMES = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'].flatMap((name) => [
  name,
  name.toUpperCase(),
]);

/** The environment of these tests only. */
function environment(values: Record<string, string>): void {
  for (const name of NAMES) vi.stubEnv(name, values[name]);
}
afterEach(() => vi.unstubAllEnvs());

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

describe('an http host', () => {
  test.each([
    ['HTTP_PROXY', (address: string) => `http://${address}`],
    ['http_proxy', (address: string) => `http://${address}/`],
    ['all_proxy', (address: string) => `http://${address}`],
    ['HTTP_PROXY', (address: string) => address],
  ])('by %s: its requests are sent to the proxy itself', async (name, proxy) => {
    const service = await startService();
    const { asked, address } = await startProxy(service.baseUrl);
    environment({ [name]: proxy(address) });
    const client = createClient(optionsFor({ baseUrl: 'http://pay.example' }, { proxy: undefined }));
    expect(await client.uploadImage(png(300_000))).toMatchObject({ imageUrl: IMAGE_URL });
    await client.uploadImage(png());
    const to = 'http://pay.example/v3/marketing/partner/product-coupon/media/upload-image';
    expect(asked).toEqual(Array(2).fill({ method: 'POST', to, authorization: undefined }));
    expect(service.received[0]).toMatchObject({ signed: true, headers: { host: 'pay.example' } });
    await client.close();
  });
});

test('HTTPS_PROXY is for https, and its user and password are sent to it alone', async () => {
  const service = await startService();
  const { asked, address } = await startProxy(service.baseUrl);
  environment({ HTTPS_PROXY: `http://user:p%40ss@${address}` });
  const client = createClient(
    optionsFor({ baseUrl: 'https://pay.example' }, { proxy: undefined, retries: 0 }),
  );
  // The service behind it has no TLS, so the request fails after this point.
  await expect(client.uploadImage(png())).rejects.toMatchObject({ code: 'NETWORK_FAILED', sent: false });
  expect(asked).toEqual([{ method: 'CONNECT', to: 'pay.example:443', authorization: basic('user:p@ss') }]);
});

test.each([
  ['what NO_PROXY names', '0.0.0.0', { NO_PROXY: 'other.example,0.0.0.0' }, undefined],
  ['what NO_PROXY has in a block', '0.0.0.0', { NO_PROXY: '0.0.0.0/8' }, undefined],
  ['everything, by NO_PROXY', '0.0.0.0', { NO_PROXY: '*' }, undefined],
  ['everything, by option', '0.0.0.0', {}, false],
  ['127.0.0.1', '127.0.0.1', {}, undefined],
] as const)('%s goes past it', async (_, host, values, proxy) => {
  const service = await startService();
  const { asked, address } = await startProxy(service.baseUrl);
  environment({ HTTP_PROXY: `http://${address}`, ...values });
  const baseUrl = service.baseUrl.replace('127.0.0.1', host);
  await createClient(optionsFor({ baseUrl }, { proxy })).uploadImage(png());
  expect(asked).toEqual([]);
  expect(service.received).toHaveLength(1);
});

test('a proxy by option stands before the environment', async () => {
  const service = await startService();
  const { asked, address } = await startProxy(service.baseUrl);
  environment({ HTTP_PROXY: 'http://127.0.0.1:9', NO_PROXY: '*' });
  const client = createClient(optionsFor({ baseUrl: 'http://pay.example' }, { proxy: `http://${address}` }));
  await client.uploadImage(png());
  expect(asked).toHaveLength(1);
});

describe('SOCKS5', () => {
  test.each(['socks5', 'socks5h', 'socks'])(
    '%s: the upload goes through it, and it resolves the name',
    async (scheme) => {
      const service = await startService();
      const { asked, address } = await startSocks(service.baseUrl, { password: 'user:p@ss' });
      const proxy = `${scheme}://user:p%40ss@${address}`;
      const client = createClient(optionsFor({ baseUrl: 'http://pay.example:8787' }, { proxy }));
      expect(await client.uploadImage(png(300_000))).toMatchObject({ imageUrl: IMAGE_URL });
      expect(asked).toEqual(['pay.example:8787']);
    },
  );

  test.each([
    ['asks for a password', { password: 'user:right' }, '', /asks for a user and a password/],
    [
      'refuses the password',
      { password: 'user:right' },
      'user:wrong@',
      /does not accept the user and the password/,
    ],
    ['does not allow the host', { reply: 2 }, '', /does not allow this host/],
    ['does not reach the host', { reply: 4 }, '', /could not reach the host/],
  ])('one that %s is named', async (_, behaviour, user, says) => {
    const { address } = await startSocks('http://127.0.0.1:9', behaviour);
    const error = await failureThrough(`socks5://${user}${address}`, 'https://pay.example');
    expect(error.message).toMatch(says);
    expect(error.message).toContain(`${address} (from HTTPS_PROXY)`);
  });

  test('what is an HTTP proxy says so', async () => {
    const { address } = await startProxy('http://127.0.0.1:9');
    expect((await failureThrough(`socks5://${address}`, 'https://pay.example')).message).toMatch(
      /does not respond like a SOCKS5 proxy/,
    );
  });
});

describe('the proxy is named, by which variable, and what it wants', () => {
  test.each<[string, readonly [number, string] | undefined, string, RegExp]>([
    [
      'asks for a password',
      [407, 'Proxy-Authenticate: Basic realm="x"'],
      '',
      /asks for a user and a password \(407\): write http:\/\/user:password@/,
    ],
    [
      'refuses the password',
      [407, 'Proxy-Authenticate: Basic realm="x"'],
      'user:s3cret@',
      /does not accept the user and the password/,
    ],
    // tinyproxy 1.11 does so, and names no scheme for proxies.
    [
      'refuses the password with 401',
      [401, 'WWW-Authenticate: Basic realm="x"'],
      'user:s3cret@',
      /does not accept the user and the password that it was given \(401\)/,
    ],
    ['wants NTLM', [407, 'Proxy-Authenticate: NTLM'], 'user:s3cret@', /asks for NTLM \(407\).*cntlm/],
    ['forbids the host', [403, 'X: y'], '', /does not allow this host \(403\)/],
    ['fails', [503, 'X: y'], '', /could not reach the host itself \(503\)/],
  ])('where it %s', async (_, refusal, user, says) => {
    const { address } = await startProxy('http://127.0.0.1:9', refusal);
    const error = await failureThrough(`http://${user}${address}`, 'https://pay.example');
    expect(error).toMatchObject({
      code: 'NETWORK_FAILED',
      sent: false,
      proxy: { place: address, from: 'HTTPS_PROXY' },
    });
    expect(error.message).toMatch(says);
    expect(error.message).toContain(`the proxy ${address} (from HTTPS_PROXY)`);
    expect(error.texts['zh-CN']).toContain(`代理 ${address}（来自 HTTPS_PROXY）`);
    expect(inspect(error, { depth: 9 })).not.toContain('s3cret');
  });

  test.each(['http', 'socks5'])('where no %s proxy is there', async (scheme) => {
    const error = await failureThrough(`${scheme}://user:s3cret@127.0.0.1:9`, 'https://pay.example');
    expect(error.message).toBe(
      'https://pay.example: the proxy 127.0.0.1:9 (from HTTPS_PROXY) cannot be reached: the connection was refused (ECONNREFUSED)',
    );
    expect(inspect(error, { depth: 9 })).not.toContain('s3cret');
  });

  test('where it is not there for an http host', async () => {
    const error = await failureThrough('http://127.0.0.1:9', 'http://pay.example');
    expect(error.message).toMatch(/through the proxy 127\.0\.0\.1:9, from HTTP_PROXY/);
  });

  test('where it asks for a password to forward', async () => {
    const { address } = await startProxy('http://127.0.0.1:9', [407, 'Proxy-Authenticate: Basic realm="x"']);
    environment({ HTTP_PROXY: address });
    const client = createClient(
      optionsFor({ baseUrl: 'http://pay.example' }, { proxy: undefined, retries: 0 }),
    );
    const error: unknown = await client.uploadImage(png()).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'NETWORK_FAILED', proxy: { place: address, from: 'HTTP_PROXY' } });
    expect((error as Error).message).toMatch(/asks for a user and a password \(407\)/);
  });
});

describe('a value that cannot be used is an OptionError that names its variable', () => {
  test.each([
    ['HTTPS_PROXY', 'gopher://user:s3cret@x', /HTTPS_PROXY must be a URL that begins with http/],
    ['https_proxy', 'ftp://proxy:21', /https_proxy must be/],
    ['ALL_PROXY', 'socks4://user:s3cret@proxy:1080', /ALL_PROXY must be .*SOCKS4 is not supported/],
    ['all_proxy', 'socks4a://proxy:1080', /all_proxy must be .*SOCKS4 is not supported/],
    ['HTTP_PROXY', 'http://', /HTTP_PROXY must be/],
    ['http_proxy', 'http://proxy:3128/path', /http_proxy must be/],
    ['http_proxy', 'http://proxy:99999', /http_proxy must be/],
  ])('%s=%s', (name, value, says) => {
    environment({ [name]: value });
    const attempt = () => createClient(optionsFor({ baseUrl: 'http://127.0.0.1:9' }, { proxy: undefined }));
    expect(attempt).toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        option: 'proxy',
        message: expect.stringMatching(says),
      }),
    );
    expect(attempt).not.toThrow('s3cret');
  });
});

/** The error of an upload to a host through a proxy of the environment. */
async function failureThrough(proxy: string, baseUrl: string): Promise<NetworkError> {
  environment({ [baseUrl.startsWith('https') ? 'HTTPS_PROXY' : 'HTTP_PROXY']: proxy });
  const client = createClient(optionsFor({ baseUrl }, { proxy: undefined, retries: 0 }));
  const error: unknown = await client.uploadImage(png()).catch((caught: unknown) => caught);
  if (error instanceof NetworkError) return error;
  throw error;
}
