import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { beforeEach, describe, expect, test } from 'vitest';
import { wholePng } from '../support/exchange.js';
import { badLuck, type FrontResponse } from '../support/faulty.js';
import { createWorld, jsonLines, ledgerRows, useWorlds, type World } from './world.js';

// This takes 30 s, since it waits for deadlines and retries.

let world: World;
useWorlds((made) => {
  world = made;
});

describe('an interrupted run', () => {
  test('Ctrl-C finishes the uploads under way, writes ledger and manifest, and says how to continue', async () => {
    await images(60);
    const { child, ended } = world.start(command('--rate', '20', '--manifest', 'out.json', 'in'));
    await expect.poll(() => world.front.taken.size, { timeout: 20_000 }).toBeGreaterThan(5);
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(code).toBe(130);
    expect(stderr).toContain('finishing the uploads under way');
    expect(stderr).toContain('Run the same command again to continue');
    const sent = world.front.taken.size;
    expect((await ledgerRows(world.ledger)).length).toBe(sent);
    const rows = JSON.parse(await readFile(world.at('out.json'), 'utf8')) as { status: string }[];
    expect(rows.filter(({ status }) => status === 'uploaded').length).toBe(sent);
    expect(rows.filter(({ status }) => status === 'untried').length).toBe(60 - sent);

    expect(await upload('in')).toMatchObject({ code: 0 });
    expect([...world.front.taken.values()]).toEqual(Array.from({ length: 60 }, () => 1));
  });

  test('a second Ctrl-C cancels uploads that hang', async () => {
    await images(3);
    world.front.decide = () => 'hang';
    const { child, ended } = world.start(command('in'));
    await expect.poll(() => world.front.seen.length, { timeout: 20_000 }).toBe(3);
    child.kill('SIGINT');
    setTimeout(() => child.kill('SIGINT'), 300);
    expect((await ended).stderr).toContain('Cancelled by the caller');
  });

  test('after a kill the ledger has each upload with a response, and only those under way are sent again', async () => {
    await images(60);
    const { child, ended } = world.start(command('--rate', '40', 'in'));
    await expect.poll(() => world.front.taken.size, { timeout: 20_000 }).toBeGreaterThan(10);
    child.kill('SIGKILL');
    await ended;
    const kept = (await ledgerRows(world.ledger)).length;
    const { code, stdout } = await upload('--json', 'in');
    expect(code).toBe(0);
    expect(jsonLines(stdout).filter(({ status }) => status === 'known').length).toBe(kept);
    const counts = [...world.front.taken.values()];
    expect(counts.length).toBe(60);
    expect(counts.filter((count) => count > 1).length).toBeLessThanOrEqual(4);
  });

  test('a full disk under the ledger: no upload is sent that cannot be recorded', async () => {
    await images(400);
    const small = { before: 'ulimit -f 150' };
    const first = await world.cli(command('--concurrency', '8', '--json', 'in'), small);
    expect(first.code).toBe(1);
    expect(first.stderr).toContain('the ledger cannot be written: no space is left');
    const uploaded = jsonLines(first.stdout).filter(({ status }) => status === 'uploaded').length;
    expect(uploaded).toBeGreaterThan(100);
    expect(uploaded).toBeLessThan(400);
    expect((await ledgerRows(world.ledger)).length).toBe(uploaded);
    expect(world.front.taken.size).toBe(uploaded);

    expect(await upload('--concurrency', '8', 'in')).toMatchObject({ code: 0 });
    expect([...world.front.taken.values()]).toEqual(Array.from({ length: 400 }, () => 1));
  });

  test('random 429, 500 and resets: all uploads are delivered once, even if the run is interrupted', async () => {
    await images(40);
    world.front.decide = badLuck('e2e', 0.3);
    const { child, ended } = world.start(command('--concurrency', '2', 'in'));
    await expect.poll(() => world.front.taken.size, { timeout: 25_000 }).toBeGreaterThan(8);
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    expect(await upload('--concurrency', '16', 'in')).toMatchObject({ code: 0 });
    expect([...world.front.taken.values()]).toEqual(Array.from({ length: 40 }, () => 1));
    const statuses = new Set(world.front.seen.map(({ status }) => status));
    expect([...statuses].sort()).toEqual([0, 200, 429, 500]);
  });
});

test('the run continues if nobody reads the results, and fails if the disk under them is full', async ({
  skip,
}) => {
  skip(process.platform !== 'linux', 'only Linux has a disk that is always full');
  await images(3);
  const full = await world.cli(command('in'), { after: '> /dev/full' });
  expect(full).toMatchObject({ code: 1, stderr: expect.stringContaining('standard output: ENOSPC') });
  expect((await ledgerRows(world.ledger)).length).toBe(3);
  expect(await world.cli(command('in'), { after: '| true' })).toMatchObject({ code: 0 });
});

/** Responses that must not be trusted, and the message for each. */
const FORGERIES: [what: string, change: (response: FrontResponse) => FrontResponse, says: string][] = [
  ['forged', withBody('{"image_url":"https://evil.example/1.png"}'), 'signature is wrong'],
  ['unsigned', without('wechatpay-signature'), 'has no signature'],
  ['stale', withHeader('wechatpay-timestamp', '1700000000'), "300 s or more from this machine's clock"],
  ['of an unknown key', withHeader('wechatpay-serial', 'PUB_KEY_ID_0'), 'an unknown key'],
  ['a probe', withHeader('wechatpay-signature', 'WECHATPAY/SIGNTEST/AAAA'), 'signature is wrong'],
  ['HTML with 200', asHtml(200), 'has no signature'],
  ['HTML with 404', asHtml(404), 'responded with 404 without a code (text/html)'],
];

describe('a response that must not be trusted', () => {
  test.each(FORGERIES)('%s', async (_, change, says) => {
    await images(1);
    world.front.decide = () => ({ change });
    const { code, stdout, stderr } = await upload('--retries', '0', 'in');
    expect(stderr).toContain(says);
    expect(stdout).toBe('');
    expect(code).toBe(says.includes('404') ? 3 : 1);
    expect(await ledgerRows(world.ledger)).toEqual([]);
  });

  test('repeated ones end the run, and uploads that were not tried are counted', async () => {
    await images(30);
    world.front.decide = () => ({ change: without('wechatpay-signature') });
    const { code, stderr } = await upload('--concurrency', '1', 'in');
    expect(code).toBe(1);
    expect(world.front.seen.length).toBe(5);
    expect(stderr).toContain('stopped, 25 not tried');
  });
});

describe('a key for another merchant', () => {
  test('is noticed before anything is sent, if there is a certificate', async () => {
    await images(2);
    const key = 'vectors/keys/merchant.key.pem';
    const { code, stderr } = await upload('--private-key', `${process.cwd()}/${key}`, 'in');
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: expect.stringContaining('does not belong to the private key'),
    });
    expect(stderr.trim().split('\n').length).toBe(1);
    expect(world.front.seen.length).toBe(0);
  });

  test('is reported by the service after one request, if there is none', async () => {
    await images(20);
    const { certificatePath: _, ...rest } = world.sandbox.credentials;
    const key = {
      privateKeyPath: `${process.cwd()}/vectors/keys/merchant.key.pem`,
      baseUrl: world.front.url,
    };
    await writeFile(world.profile, JSON.stringify({ ...rest, ...key }));
    const { code, stderr } = await upload('--concurrency', '1', 'in');
    expect(code).toBe(3);
    expect(stderr).toContain('SIGN_ERROR');
    expect(stderr).toContain('stopped, 19 not tried, for the reason above');
    expect(world.front.seen.length).toBe(1);
  });
});

describe('a host that hangs', () => {
  let hung: Server;
  let sockets: Socket[];
  beforeEach(async () => {
    sockets = [];
    hung = createServer((socket) => {
      sockets.push(socket.on('error', () => {}));
      // The host neither reads nor writes.
      socket.pause();
    });
    await new Promise<void>((resolve) => hung.listen(0, '127.0.0.1', resolve));
    return () => {
      for (const socket of sockets) socket.destroy();
      hung.close();
    };
  });

  test('while a connection is made (no TLS response)', async () => {
    await images(1);
    expect(await uploadTo(`https://${address()}`)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('No connection was made in time'),
    });
  });

  test('while the image is sent', async () => {
    await mkdir(world.at('in'));
    await writeFile(world.at('in/big.bmp'), bmp(2_000_000));
    // The buffers of both sockets may hold all of two megabytes: then the response is what does not come.
    expect(await uploadTo(`http://${address()}`)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/could not be sent in time|No complete response came in time/),
    });
  });

  test('before the response, and in the middle of it', async () => {
    await images(1);
    world.front.decide = () => 'hang';
    const says = { code: 1, stderr: expect.stringContaining('No complete response came in time') };
    expect(await uploadTo(world.front.url)).toMatchObject(says);
    hung.on('connection', (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"image'));
    expect(await uploadTo(`http://${address()}`)).toMatchObject(says);
  });

  function address(): string {
    return `127.0.0.1:${(hung.address() as AddressInfo).port}`;
  }

  function uploadTo(url: string) {
    return upload('--base-url', url, '--retries', '0', '--timeout', '1', 'in');
  }
});

test('if the main host is down, the backup gets all uploads, and the main host is used again once it is back', async () => {
  await images(30);
  const dead = await createWorld(() => 'reset', world.sandbox);
  const base = `${dead.front.url},${world.front.url}`;
  const { code, stderr } = await upload('--base-url', base, '--concurrency', '1', 'in');
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('fails repeatedly') });
  expect(world.front.taken.size).toBe(30);
  expect(dead.front.seen.length).toBe(3);
  await dead.end();
});

function command(...args: string[]): string[] {
  return ['upload', '--profile', world.profile, '--rate', '0', ...args];
}

function upload(...args: string[]) {
  return world.cli(command(...args));
}

async function images(count: number): Promise<void> {
  await mkdir(world.at('in'));
  for (let n = 1; n <= count; n += 1) await writeFile(world.at('in', `${n}.png`), wholePng(n));
}

/** The header of an image without any data. */
function bmp(bytes: number): Buffer {
  const head = Buffer.from('424d00000000000000003600000028000000010000000100000001001800', 'hex');
  return Buffer.concat([head, Buffer.alloc(bytes)]);
}

function withBody(text: string): (response: FrontResponse) => FrontResponse {
  return ({ headers: { 'content-length': _, ...headers }, status }) => ({
    status,
    headers,
    body: Buffer.from(text),
  });
}

function withHeader(name: string, value: string): (response: FrontResponse) => FrontResponse {
  return (response) => ({ ...response, headers: { ...response.headers, [name]: value } });
}

function without(name: string): (response: FrontResponse) => FrontResponse {
  return ({ headers: { [name]: _, ...headers }, ...response }) => ({ ...response, headers });
}

function asHtml(status: number): (response: FrontResponse) => FrontResponse {
  const body = Buffer.from('<html><body>Welcome to nginx!</body></html>');
  return () => ({ status, headers: { 'content-type': 'text/html' }, body });
}
