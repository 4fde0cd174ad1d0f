import { type ExecFileException, execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer, type Socket } from 'node:net';
import path from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { type Sandbox, startSandbox } from '@coupon-media/sandbox';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { commandVersion } from './support/machine.js';
import { CLI, type Ended, run, startCouponMedia } from './support/run.js';
import { temporaryFolder } from './support/sandbox.js';

type Tls = NonNullable<Sandbox['tls']>;

const PICTURE = 'packages/sandbox/images/coupon.png';
const [MAIN, BACKUP, OTHER] = ['api.mch.weixin.qq.com', 'api2.mch.weixin.qq.com', 'api2.wechatpay.cn'];

let sandbox: Sandbox;
let tls: Tls;
beforeAll(async () => {
  sandbox = await startSandbox({ tls: true, language: 'en' });
  tls = tlsOf(sandbox);
});
afterAll(() => sandbox.stop());

function tlsOf({ tls }: Sandbox): Tls {
  if (!tls) throw new Error('TLS was asked for');
  return tls;
}

/** A connection to a host through the proxy, on which TLS is agreed upon. */
async function secured(host: string, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const { port } = new URL(tls.proxyUrl);
  const asked = request({
    host: '127.0.0.1',
    port,
    method: 'CONNECT',
    path: `${host}:443`,
    agent: false,
  }).end();
  const [, socket] = (await once(asked, 'connect')) as [unknown, Socket];
  const ca = await readFile(tls.caPath);
  const secure = connect({ socket, servername: host, ca, ALPNProtocols: ['h2', 'http/1.1'], ...options });
  onTestFinished(() => void secure.destroy());
  await once(secure, 'secureConnect');
  return secure;
}

/** Runs a program to its end in the environment that the sandbox gives. */
function inItsEnvironment(
  command: string,
  args: readonly string[],
  more: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  const env = { ...process.env, ...tls.environment, ...more };
  return new Promise((resolve) => {
    execFile(command, args, { env }, (error: ExecFileException | null, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

describe('a program whose hosts are compiled in', () => {
  test('this client, with no base URL, in another process', async () => {
    const { mchid, certificateSerialNo, privateKeyPath, ...platform } = sandbox.credentials;
    const options = {
      ...{ mchid, certificateSerialNo, privateKeyPath },
      wechatPayPublicKeys: [
        { id: platform.wechatPayPublicKeyId, publicKeyPath: platform.wechatPayPublicKeyPath },
      ],
    };
    const program = `
      import { createClient } from '@coupon-media/client';
      const client = createClient(${JSON.stringify(options)});
      console.log((await client.uploadImage(${JSON.stringify(PICTURE)})).imageUrl);
      await client.close();`;
    const { code, stdout, stderr } = await inItsEnvironment(process.execPath, [
      '--input-type=module',
      '--eval',
      program,
    ]);
    expect([code, stderr]).toEqual([0, '']);
    // The URL names this machine, so that whoever is given it can fetch it: no CA, no proxy, and never the live service.
    const imageUrl = stdout.trim();
    expect(imageUrl).toMatch(`${sandbox.credentials.baseUrl}/images/`);
    const fetched = await fetch(imageUrl);
    expect(Buffer.from(await fetched.arrayBuffer())).toEqual(await readFile(PICTURE));
    const [received] = sandbox.requests.slice(-1);
    expect(received?.headers).toContainEqual(
      expect.arrayContaining([expect.stringMatching(/^host$/i), MAIN]),
    );
  });

  test('curl fetches an image under each host, and verifies its certificate', async ({ skip }) => {
    if ((await commandVersion('curl')) === undefined) skip('no curl on this machine');
    const client = await sandbox.client();
    const { imageUrl } = await client.uploadImage(PICTURE);
    const { pathname } = new URL(imageUrl);
    for (const host of [MAIN, BACKUP, OTHER]) {
      const args = [
        '--silent',
        '--show-error',
        '--fail',
        '--write-out',
        '%{http_version} %{size_download}',
        '--output',
        '/dev/null',
      ];
      const { stdout, stderr } = await inItsEnvironment('curl', [...args, `https://${host}${pathname}`]);
      expect([stdout, stderr]).toEqual([`1.1 ${(await stat(PICTURE)).size}`, '']);
    }
    const elsewhere = await inItsEnvironment('curl', ['--silent', '--show-error', 'https://example.com/']);
    expect(elsewhere.stderr).toContain('403');
  });

  test("Python's requests verifies it, too, and is refused another host", async ({ skip }) => {
    const known = await run('python3', ['-c', 'import requests']).catch(() => undefined);
    if (known?.code !== 0) skip('no Python with requests on this machine');
    const program = [
      'import requests',
      `print(requests.get('https://${MAIN}/healthz').status_code)`,
      "try: requests.get('https://example.com/')",
      'except requests.exceptions.ProxyError as error: print("403" in str(error))',
    ].join('\n');
    const { stdout, stderr } = await inItsEnvironment('python3', ['-c', program]);
    expect([stdout, stderr]).toEqual(['200\nTrue\n', '']);
  });
});

test('only HTTP/1.1 is offered, and names of response headers keep their letter case', async () => {
  const secure = await secured(MAIN as string);
  expect(secure.alpnProtocol).toBe('http/1.1');
  secure.write(`GET /v3/nothing HTTP/1.1\r\nHost: ${MAIN}\r\nConnection: close\r\n\r\n`);
  let text = '';
  for await (const part of secure) text += String(part);
  expect(text).toContain('\r\nRequest-ID: ');
  await expect(secured(MAIN as string, { ALPNProtocols: ['h2'] })).rejects.toMatchObject({
    code: 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL',
  });
});

test('/sandbox stays on this machine: under a host it is refused', async () => {
  const secure = await secured(MAIN as string);
  secure.write(`GET /sandbox/requests HTTP/1.1\r\nHost: ${MAIN}\r\nConnection: close\r\n\r\n`);
  let text = '';
  for await (const part of secure) text += String(part);
  expect(text).toMatch(/^HTTP\/1\.1 403 /);
  expect(text).toContain('"code":"HOST"');
});

test('stop ends open connections, and both ports are free again', async () => {
  const other = await startSandbox({ tls: true });
  const { port, caPath, proxyUrl } = tlsOf(other);
  const ca = await readFile(caPath);
  const secure = connect({ host: '127.0.0.1', port, servername: MAIN as string, ca });
  await once(secure, 'secureConnect');
  secure.write(`GET /healthz HTTP/1.1\r\nHost: ${MAIN}\r\n\r\n`);
  await once(secure, 'data');
  const closed = once(secure.resume(), 'close');
  await other.stop();
  await closed;
  for (const freed of [port, Number(new URL(proxyUrl).port)]) {
    const server = createServer().listen(freed, '127.0.0.1');
    await once(server, 'listening');
    server.close();
  }
});

test('after it was used and stopped, nothing holds the process, and it ends by itself', async () => {
  const program = `
    import { readFile } from 'node:fs/promises';
    import { once } from 'node:events';
    import { connect } from 'node:tls';
    import { startSandbox } from '@coupon-media/sandbox';
    const sandbox = await startSandbox({ tls: true });
    const { port, caPath } = sandbox.tls;
    const trusting = { ca: await readFile(caPath) };
    for (const ca of [trusting, {}]) {
      const secure = connect({ host: '127.0.0.1', port, servername: '${MAIN}', ...ca });
      await once(secure, 'secureConnect').then(() => once(secure.end('GET / HTTP/1.0\\r\\n\\r\\n').resume(), 'close'), () => {});
    }
    await sandbox.stop();
    console.log('stopped');`;
  const { code, stdout, stderr } = await run(process.execPath, ['--input-type=module', '--eval', program]);
  expect([code, stdout, stderr]).toEqual([0, 'stopped\n', '']);
});

describe('coupon-media sandbox --tls', () => {
  const FREE = ['--port', '0', '--tls-port', '0', '--proxy-port', '0'];

  test.each([
    ['en', 'Give both to the program that you start', 'joins these names at port 443'],
    ['zh-CN', '请只为要启动的程序设置', '拒绝其他所有目标'],
  ])('prints what to set for each language, in %s', async (lang, why, proxy) => {
    const folder = await temporaryFolder();
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const running = startCouponMedia('sandbox', '--lang', lang, '--data', folder, ...FREE);
    const output = await running.prints(why);
    await running.stop();
    const ca = path.join(folder, 'tls/ca.pem');
    for (const line of [
      proxy,
      `NODE_EXTRA_CA_CERTS=${ca} NODE_USE_ENV_PROXY=1 HTTPS_PROXY=http://127.0.0.1:`,
      `keytool -importcert -noprompt -alias coupon-media -file ${ca} `,
      '-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=',
      `SSL_CERT_FILE=${ca} HTTPS_PROXY=`,
      `php -d curl.cainfo=${ca}`,
      `REQUESTS_CA_BUNDLE=${ca}`,
      'dotnet run',
      'curl --proxy http://127.0.0.1:',
      'wechatpay-apache-httpclient',
      'NO_PROXY',
      '/etc/hosts',
    ])
      expect(output).toContain(line);
  });

  test('without the right to port 443 another is taken, and the words say so', async ({ skip }) => {
    const start = '/proc/sys/net/ipv4/ip_unprivileged_port_start';
    const first = Number(await readFile(start, 'utf8').catch(() => '1024'));
    if (process.platform !== 'linux' || first <= 443) skip('anybody may open port 443 on this machine');
    if ((await commandVersion('setpriv')) === undefined) skip('no setpriv, which takes that right away');
    const [folder, another] = [await temporaryFolder(), await temporaryFolder()];
    onTestFinished(async () => {
      for (const each of [folder, another]) await rm(each, { recursive: true, force: true });
    });
    const lacking = ['--bounding-set', '-net_bind_service', '--inh-caps', '-net_bind_service'];
    const ports = ['--port', '0', '--proxy-port', '0'];
    const asked = [process.execPath, CLI, 'sandbox', '--lang', 'en', '--data', folder, ...ports];
    const refused = await run('setpriv', [...lacking, ...asked, '--tls-port', '443']);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain('this user may not open port 443 on 127.0.0.1; omit --tls-port');
    const program = `
      import { startSandbox } from '@coupon-media/sandbox';
      const sandbox = await startSandbox({ folder: ${JSON.stringify(another)}, port: 0, tls: { proxyPort: 0 } });
      console.log(sandbox.tls.not443, sandbox.tls.port >= 8443);
      await sandbox.stop();`;
    const evaluated = ['--input-type=module', '--eval', program];
    const taken = await run('setpriv', [...lacking, process.execPath, ...evaluated]);
    expect([taken.stdout, taken.stderr]).toEqual(['EACCES true\n', '']);
  });
});
