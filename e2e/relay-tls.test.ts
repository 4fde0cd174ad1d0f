import { readFile, rm, writeFile } from 'node:fs/promises';
import { request as insecure } from 'node:http';
import path from 'node:path';
import { startSandbox } from '@coupon-media/sandbox';
import { Agent, request } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { makeCertificate } from './engines/certificates.js';
import { makeImage } from './support/images.js';
import { CLI, couponMedia, run, startCouponMedia } from './support/run.js';
import { sandboxOfTest, temporaryFolder } from './support/sandbox.js';

test('a relay with a certificate of its own takes both doors by TLS alone', async () => {
  const upstream = await sandboxOfTest();
  const folder = await temporaryFolder();
  const callers = await startSandbox({ folder, port: 0, keys: 'own' });
  await callers.stop();
  const certificate = await makeCertificate('IP:127.0.0.1');
  onTestFinished(async () => {
    await certificate.remove();
    await rm(folder, { recursive: true });
  });
  const at = (name: string) => path.join(folder, name);
  await writeFile(
    at('accounts.json'),
    JSON.stringify({ accounts: { shop: { profile: upstream.credentialsPath } } }),
  );
  await writeFile(at('tls.key'), certificate.key, { mode: 0o600 });
  const data = ['--data', folder];
  const created = await couponMedia('token', 'create', '--account', 'shop', '--name', 'editor', ...data);
  const relay = startCouponMedia(
    ...['relay', '--port', '0', '--accounts', at('accounts.json'), '--lang', 'en', ...data],
    ...['--tls-cert', certificate.file, '--tls-key', at('tls.key')],
  );
  onTestFinished(async () => void (await relay.stop()));
  const port = Number(/ port (\d+)/.exec(await relay.prints(' port '))?.[1]);
  const dispatcher = new Agent({ connect: { ca: certificate.certificate } });
  onTestFinished(() => dispatcher.close());
  const image = await makeImage('png', 7);
  const headers = { authorization: `Bearer ${created.stdout.trim()}`, 'content-type': 'image/png' };
  const answer = await request(`https://127.0.0.1:${port}/v1/images?filename=a.png`, {
    ...{ dispatcher, headers },
    method: 'POST',
    body: image,
  });
  expect(answer.statusCode).toBe(200);
  const { image_url: url } = (await answer.body.json()) as { image_url: string };

  const credentials = JSON.parse(await readFile(at('credentials.json'), 'utf8'));
  await writeFile(
    at('caller.json'),
    JSON.stringify({ ...credentials, baseUrl: `https://127.0.0.1:${port}` }),
  );
  await writeFile(at('a.png'), image);
  const upload = ['upload', at('a.png'), '--no-ledger', '--json', '--profile', at('caller.json')];
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: certificate.file };
  const uploaded = await run(process.execPath, [CLI, ...upload], '', { env });
  expect(uploaded).toMatchObject({ code: 0, stdout: expect.stringContaining(url) });
  await expect(inClear(port)).rejects.toMatchObject({
    code: expect.stringMatching(/^(ECONNRESET|HPE_|EPIPE)/),
  });
});

/** @returns the status of a request without TLS */
function inClear(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = insecure({ host: '127.0.0.1', port, path: '/readyz' }, (response) =>
      resolve(response.resume().statusCode),
    );
    asked.on('error', reject).end();
  });
}
