/**
 * What each fault of the sandbox looks like to our client, wechatpay-axios-plugin, curl and Python's requests: prints the table of
 * docs/sandbox.md. `npm run faults:wide -- [--only TEXT] [--cache FOLDER]` installs the two libraries.
 */
import { execFile } from 'node:child_process';
import { createHash, createSign, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { ClientError } from '@coupon-media/client';
import { startSandbox } from '@coupon-media/sandbox';

const PICTURE = 'packages/sandbox/images/coupon.png';
const UPLOAD = '/v3/marketing/partner/product-coupon/media/upload-image';
const PLUGIN = 'wechatpay-axios-plugin@0.9.6';
const REQUESTS = 'requests==2.32.5';
const HERE = import.meta.dirname;

/** @typedef {import('@coupon-media/sandbox').FaultResponse} FaultResponse */

const cases = JSON.parse(readFileSync(path.join(HERE, 'cases.json'), 'utf8'));

/** @type {readonly { name: string, response: FaultResponse }[]} */
const ROWS = [
  ...cases.map((/** @type {{ fault: string }} */ { fault }) => ({ name: fault, response: { fault } })),
  { name: 'a delay of 3 s, with a time limit of 1 s', response: { fixedDelayMilliseconds: 3000 } },
  {
    name: 'a body that drips for 3 s, with a time limit of 1 s',
    response: { chunkedDribbleDelay: { numberOfChunks: 30, totalDuration: 3000 } },
  },
  ...[
    'digestWrong',
    'imageHeaderBroken',
    'bodyTooLarge',
    'signatureWrong',
    'certificateUnknown',
    'certificateExpired',
    'certificateRevoked',
    'timestampSkewed',
    'permissionMissing',
    'rateExceeded',
    'systemError',
  ].map((refusal) => ({ name: refusal, response: /** @type {FaultResponse} */ ({ refusal }) })),
];

await main(process.argv.slice(2));

/** @param {readonly string[]} args */
async function main(args) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: '' },
      cache: { type: 'string', default: path.join(tmpdir(), 'coupon-media-faults-wide') },
    },
  });
  const python = await install(path.resolve(values.cache));
  const sandbox = await startSandbox();
  const plugin = path.join(HERE, 'clients/plugin.mjs');
  const withRequests = path.join(HERE, 'clients/with_requests.py');
  // The sandbox's own file has paths that are relative to it; the programs get absolute ones.
  const given = path.join(sandbox.folder, 'absolute.json');
  writeFileSync(given, JSON.stringify(sandbox.credentials), { mode: 0o600 });
  const own = [given, PICTURE];
  const client = await sandbox.client({ retries: 0, deadlines: { response: 1000 } });
  /** @type {Record<string, (times: number) => Promise<string>>} */
  const clients = {
    '@coupon-media/client': async (times) => {
      for (let round = 1; round < times; round += 1) await client.uploadImage(PICTURE);
      return client.uploadImage(PICTURE).then(
        () => 'SUCCESS',
        (error) => (error instanceof ClientError ? error.code : String(error)),
      );
    },
    [PLUGIN.replace('@', ' ')]: (times) =>
      output(process.execPath, [plugin, values.cache, ...own, `${times}`]),
    [await curlVersion()]: (times) => curl(sandbox.credentials, times),
    [REQUESTS.replace('==', ' ')]: (times) => output(python, [withRequests, ...own, `${times}`]),
  };
  say(['', ...Object.keys(clients)]);
  say(['', ...Object.keys(clients)].map(() => '---'));
  await sandbox.faults.nextPlatformKeys();
  for (const { name, response } of ROWS.filter((row) => row.name.includes(values.only))) {
    const cells = [];
    for (const run of Object.values(clients)) {
      const times = response.fault === 'KEEP_ALIVE_CLOSED' ? 2 : 1;
      sandbox.faults.add({ response });
      cells.push(await run(times));
      sandbox.faults.clear();
    }
    say([`\`${name}\``, ...cells]);
  }
  await sandbox.stop();
}

/** @param {readonly string[]} cells */
function say(cells) {
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}

/**
 * @param {string} folder
 * @returns the Python that has requests
 */
async function install(folder) {
  mkdirSync(folder, { recursive: true });
  const run = promisify(execFile);
  if (!existsSync(path.join(folder, 'package.json')))
    writeFileSync(path.join(folder, 'package.json'), '{"private":true}\n');
  await run('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', PLUGIN], { cwd: folder });
  if (!existsSync(path.join(folder, 'venv'))) await run('python3', ['-m', 'venv', 'venv'], { cwd: folder });
  const python = path.join(folder, 'venv/bin/python');
  await run(python, ['-m', 'pip', 'install', '--quiet', REQUESTS]);
  return python;
}

async function curlVersion() {
  const { stdout } = await promisify(execFile)('curl', ['--version']);
  return stdout.split(' ').slice(0, 2).join(' ');
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
async function output(command, args) {
  const { stdout } = await promisify(execFile)(command, [...args]);
  return stdout;
}

/**
 * The installed curl, with as many requests on one connection.
 *
 * @param {import('@coupon-media/sandbox').Credentials} credentials
 * @param {number} times
 */
async function curl(credentials, times) {
  const requests = Array.from({ length: times }, () => curlArguments(credentials));
  const args = requests.flatMap((request, at) => (at === 0 ? request : ['--next', ...request]));
  try {
    return lastOf(await output('curl', args));
  } catch (error) {
    const { code, stdout } = /** @type {{ code: number, stdout: string }} */ (error);
    const status = lastOf(stdout);
    return status === '000' ? `exit ${code}` : `${status}, exit ${code}`;
  }
}

/** @param {string} statuses */
function lastOf(statuses) {
  return statuses.trim().split(' ').at(-1) ?? '';
}

/**
 * @param {import('@coupon-media/sandbox').Credentials} credentials
 * @returns {string[]}
 */
function curlArguments({ baseUrl, mchid, certificateSerialNo, privateKeyPath, wechatPayPublicKeyId }) {
  const sha256 = createHash('sha256').update(readFileSync(PICTURE)).digest('hex');
  const meta = JSON.stringify({ filename: 'coupon.png', sha256 });
  const [nonce, timestamp] = [randomUUID().replaceAll('-', ''), Math.floor(Date.now() / 1000)];
  const signature = createSign('RSA-SHA256')
    .update(`POST\n${UPLOAD}\n${timestamp}\n${nonce}\n${meta}\n`)
    .sign(readFileSync(privateKeyPath), 'base64');
  const fields = { mchid, nonce_str: nonce, signature, timestamp, serial_no: certificateSerialNo };
  const authorization = Object.entries(fields).map(([name, value]) => `${name}="${value}"`);
  return [
    ...['--silent', '--noproxy', '*', '--max-time', '1', '--output', '/dev/null'],
    ...['--write-out', '%{http_code} ', '-H', 'Accept: application/json'],
    ...['-H', `Authorization: WECHATPAY2-SHA256-RSA2048 ${authorization.join(',')}`],
    ...['-H', `Wechatpay-Serial: ${wechatPayPublicKeyId}`, '--form-string', `meta=${meta}`],
    ...['-F', `file=@${PICTURE};type=image/png`, baseUrl + UPLOAD],
  ];
}
