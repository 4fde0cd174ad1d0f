import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { createClient } from '@coupon-media/client';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { png } from './images.js';
import { IMAGE_URL, optionsFor, startService } from './service.js';

/** A real CONNECT proxy that connects every name to one port and records the requests. */
async function startProxy(target: string, refuses = false) {
  const asked: { to: string; authorization: string | undefined }[] = [];
  const server = createServer();
  server.on('connect', (request, socket) => {
    asked.push({ to: request.url ?? '', authorization: request.headers['proxy-authorization'] });
    if (refuses) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const { port } = new URL(target);
    const onward = connect(Number(port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    for (const end of [onward, socket]) end.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { asked, address: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const NAMES = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'no_proxy', 'NO_PROXY'];

/** The environment of these tests only. */
function environment(values: Record<string, string>): void {
  for (const name of NAMES) vi.stubEnv(name, values[name]);
}
afterEach(() => vi.unstubAllEnvs());

test.each([
  ['HTTP_PROXY', (address: string) => `http://${address}`],
  ['http_proxy', (address: string) => `http://${address}`],
  ['HTTP_PROXY', (address: string) => address],
])('%s of the environment is gone through', async (name, proxy) => {
  const service = await startService();
  const { asked, address } = await startProxy(service.baseUrl);
  environment({ [name]: proxy(address) });
  const client = createClient(optionsFor({ baseUrl: 'http://pay.example' }, { proxy: undefined }));
  expect(await client.uploadImage(png(300_000))).toMatchObject({ imageUrl: IMAGE_URL });
  expect(asked).toEqual([{ to: 'pay.example:80', authorization: undefined }]);
  expect(service.received[0]).toMatchObject({ signed: true, headers: { host: 'pay.example' } });
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
  expect(asked).toEqual([
    { to: 'pay.example:443', authorization: `Basic ${Buffer.from('user:p@ss').toString('base64')}` },
  ]);
});

test.each([
  ['what NO_PROXY names', '0.0.0.0', { NO_PROXY: 'other.example,0.0.0.0' }, undefined],
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

test.each([
  ['refuses', async () => (await startProxy('http://127.0.0.1:9', true)).address],
  ['is not there', async () => '127.0.0.1:9'],
])('a proxy that %s is a network failure, and its password stays out of it', async (_, start) => {
  const proxy = `http://user:s3cret@${await start()}`;
  const client = createClient(optionsFor({ baseUrl: 'http://pay.example' }, { proxy, retries: 0 }));
  const error: unknown = await client.uploadImage(png()).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'NETWORK_FAILED', sent: false });
  expect(`${error} ${(error as Error).cause}`).not.toContain('s3cret');
});

test('a broken proxy in the environment is named, without repeating it', () => {
  environment({ HTTPS_PROXY: 'gopher://user:s3cret@x' });
  const attempt = () => createClient(optionsFor({ baseUrl: 'http://pay.example' }, { proxy: undefined }));
  expect(attempt).toThrow(expect.objectContaining({ code: 'OPTION_INVALID', option: 'proxy' }));
  expect(attempt).not.toThrow('s3cret');
});
