// Takes 15 s: pkcs11js is compiled into a temporary folder, since no install of ours has it.
import { type ExecFileException, execFile } from 'node:child_process';
import { generateKeyPairSync, randomInt } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inspect, promisify } from 'node:util';
import { createSigner, loadPrivateKey } from '@coupon-media/apiv3';
import { createClient, SigningError } from '@coupon-media/client';
import type { Pkcs11Options, Pkcs11Signer, Pkcs11SignerError } from '@coupon-media/pkcs11';
import { openRelayRecords } from '@coupon-media/relay';
import { startSandbox } from '@coupon-media/sandbox';
import { openEmbeddedDatabase, readConfig } from '@coupon-media/server';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { installPackages } from '../tools/engines/packages.mjs';
import { findProgram } from '../tools/engines/programs.mjs';
import { png, wholePng } from './support/exchange.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 300_000 });

const DRIVER = 'pkcs11js@2.1.7';
const MODULES = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib64/libsofthsm2.so'];
const PIN = String(randomInt(1e9, 1e10));
const TOKEN = 'coupon media';
/** CKA_LABEL and CKA_ID of what is imported into the token. */
const KEY = { keyLabel: 'apiclient', keyId: 'a1' };

/** Why the token cannot be tested on this machine, if it cannot. */
let missing: string | undefined;
let folder = '';
let module = '';
let open: (options: Pkcs11Options) => Promise<Pkcs11Signer>;
let openProfile: (file: string) => Promise<Pkcs11Signer | undefined>;
let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let base: Pkcs11Options;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'coupon-media-pkcs11-'));
  installPackages(() => (findProgram('softhsm2-util') ? [] : ['softhsm2']));
  if (!findProgram('softhsm2-util')) {
    missing =
      'there is no softhsm2-util; as root on Debian: apt-get install --no-install-recommends softhsm2';
    return;
  }
  missing = await installed(folder);
  if (missing !== undefined) return;
  for (const name of MODULES)
    if ((await readFile(name).catch(() => undefined)) !== undefined) module ||= name;
  sandbox = await startSandbox({ port: 0 });
  await makeToken();
  ({ openPkcs11Signer: open, openProfileSigner: openProfile } = await import(
    pathToFileURL(path.join(folder, 'node_modules/@coupon-media/pkcs11/dist/index.js')).href
  ));
  base = {
    ...{ module, tokenLabel: TOKEN, ...KEY, pin: PIN },
    certificateSerialNo: sandbox.credentials.certificateSerialNo,
  };
});

beforeEach(({ skip }) => {
  if (missing !== undefined) skip(missing);
});

afterAll(async () => {
  await sandbox?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('a token of SoftHSM', () => {
  test('signs uploads, as many at a time as come, with the key that never leaves it', async () => {
    const signer = await opened({ pin: undefined, pinFile: await pinFile(`${PIN}\n`) });
    const { credentials } = sandbox;
    const client = createClient({
      ...{ profile: sandbox.credentialsPath, privateKey: signer },
      certificate: await readFile(credentials.certificatePath, 'utf8'),
    });
    const results = await Promise.all(
      Array.from({ length: 24 }, (_, at) => client.uploadImage(png(1 + at, 1), { onDoubt: () => {} })),
    );
    expect(new Set(results.map(({ imageUrl }) => imageUrl)).size).toBe(24);
    await client.close();
  });

  test('is opened by a profile that names it', async () => {
    const { privateKeyPath: _, certificateSerialNo: __, ...rest } = sandbox.credentials;
    const profile = path.join(folder, 'shop.json');
    await pinFile(PIN);
    const pkcs11 = { module, tokenLabel: TOKEN, ...KEY, pinFile: 'pin' };
    await writeFile(profile, JSON.stringify({ ...rest, pkcs11 }));
    const signer = await openProfile(profile);
    onTestFinished(() => signer?.close());
    const client = createClient({ profile, privateKey: signer });
    await client.uploadImage(png(1, 1), { onDoubt: () => {} });
    await client.close();
    expect(await openProfile(sandbox.credentialsPath)).toBeUndefined();
    await expect(openProfile('/nowhere.json')).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });

  test.each([
    ['CKM_SHA256_RSA_PKCS', 'ALL'],
    ['CKM_RSA_PKCS and a DigestInfo of ours', '-CKM_SHA256_RSA_PKCS'],
  ])('signs by %s as a key in memory does', async (_, mechanisms) => {
    await configure(mechanisms);
    onTestFinished(() => configure('ALL'));
    const signer = await opened();
    const key = loadPrivateKey(await readFile(sandbox.credentials.privateKeyPath, 'utf8'));
    const message = Buffer.from('POST\n/v3/x\n1\n商\n{}\n');
    expect(await signer.sign(message)).toBe(await createSigner('', key).sign(message));
    await signer.close();
  });

  test('is found by its slot, and logged in to again after it was reset', async () => {
    const signer = await opened();
    const cryptoki = neighbour();
    const [slot = Buffer.alloc(8)] = cryptoki.C_GetSlotList(true);
    const bySlot = await opened({ tokenLabel: undefined, slot: slot.readUInt32LE(0) });
    const message = Buffer.from('message');
    const before = await signer.sign(message);
    cryptoki.C_CloseAllSessions(slot);
    expect(await Promise.all([signer, signer, bySlot].map((one) => one.sign(message)))).toEqual(
      Array(3).fill(before),
    );
  });

  test('that is away is named by the client, and signs again when it is back', async () => {
    const signer = await opened();
    const client = createClient({ profile: sandbox.credentialsPath, privateKey: signer });
    const cryptoki = neighbour();
    cryptoki.C_Finalize();
    const error = await client
      .uploadImage(png(1, 1), { onDoubt: () => {} })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SigningError);
    expect(error).toMatchObject({
      code: 'SIGNING_FAILED',
      fault: 'failed',
      cause: { code: 'DEVICE_REMOVED' },
      message: `the signer failed: token ${TOKEN} is gone (CKR_CRYPTOKI_NOT_INITIALIZED); the signer logs in again when it is back`,
      texts: {
        'zh-CN': `签名失败：令牌 ${TOKEN} 已断开（CKR_CRYPTOKI_NOT_INITIALIZED）；恢复连接后会自动重新登录`,
      },
    });
    cryptoki.C_Initialize({ flags: 2 });
    await client.uploadImage(png(1, 1), { onDoubt: () => {} });
    await client.close();
  });

  test('signs for a relay; while it is away, callers read of trouble of the relay, and its operator of the signer', async () => {
    const { privateKeyPath: _, certificateSerialNo: __, ...rest } = sandbox.credentials;
    const pkcs11 = { module, tokenLabel: TOKEN, ...KEY, pinFile: 'pin' };
    await pinFile(PIN);
    await writeFile(path.join(folder, 'relay-shop.json'), JSON.stringify({ ...rest, pkcs11 }));
    const { upload, log } = await relayHere({ shop: { profile: 'relay-shop.json' } });
    expect(await upload(wholePng(31))).toMatchObject({ status: 200, body: { reused: false } });
    const cryptoki = neighbour();
    cryptoki.C_Finalize();
    expect(await upload(wholePng(32))).toMatchObject({ status: 503, body: { code: 'upstream-unavailable' } });
    const [alarm] = log.map((line) => JSON.parse(line)).filter((line) => line.alarm !== undefined);
    expect(alarm).toMatchObject({
      alarm: 'SIGNER_FAILED',
      subject: 'shop',
      msg: expect.stringContaining(`token ${TOKEN} is gone`),
    });
    expect(log.join('')).not.toContain(PIN);
    // What is recorded needs no signature.
    expect(await upload(wholePng(31))).toMatchObject({ status: 200, body: { reused: true } });
    cryptoki.C_Initialize({ flags: 2 });
    await expect
      .poll(async () => (await upload(wholePng(32))).status, { timeout: 30_000, interval: 500 })
      .toBe(200);
    expect(log.join('')).toContain('no longer: the signer of account shop fails');
  });

  test.each<[string, Partial<Pkcs11Options>, string, RegExp]>([
    ['a module that is not there', { module: '/nowhere/x.so' }, 'MODULE_NOT_FOUND', /\/nowhere\/x\.so/],
    ['a module that is none', { module: import.meta.filename }, 'MODULE_UNUSABLE', /cannot be used/],
    [
      'another token',
      { tokenLabel: 'other' },
      'TOKEN_NOT_FOUND',
      /those that can be seen: coupon media \(slot \d+\)/,
    ],
    ['another slot', { tokenLabel: undefined, slot: 99 }, 'TOKEN_NOT_FOUND', /no token slot 99/],
    ['a PIN that is wrong', { pin: '99999999' }, 'PIN_WRONG', /does not accept the PIN/],
    ['a PIN in no file', { pin: undefined, pinFile: '/nowhere/pin' }, 'PIN_UNREADABLE', /\/nowhere\/pin/],
    [
      'a key that is not there',
      { keyLabel: 'b' },
      'KEY_NOT_FOUND',
      /the private keys in it: .*apiclient, 0xa1/,
    ],
    ['a label of several keys', { keyLabel: 'twice', keyId: undefined }, 'KEY_AMBIGUOUS', /^2 private keys/],
    ['a key of an elliptic curve', { keyLabel: 'curve', keyId: undefined }, 'KEY_NOT_RSA', /is not RSA/],
    ['no key', { keyLabel: undefined, keyId: undefined }, 'OPTION_INVALID', /^keyLabel \/ keyId is missing$/],
    ['a PIN twice', { pinFile: 'x' }, 'OPTION_INVALID', /^pin \/ pinFile : give one of the two$/],
  ])('%s is named', async (_, wrong, code, message) => {
    const error = await open({ ...base, ...wrong }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'Pkcs11SignerError', code, message: expect.stringMatching(message) });
    const { texts } = error as Pkcs11SignerError;
    expect(texts['zh-CN']).toMatch(/\p{Script=Han}/u);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(new RegExp(`${PIN}|99999999`));
  });

  test('a PIN that is wrong is tried once', async () => {
    const signer = await opened({ pin: undefined, pinFile: await pinFile(PIN) });
    await writeFile(path.join(folder, 'pin'), '99999999');
    const cryptoki = neighbour();
    cryptoki.C_CloseAllSessions(cryptoki.C_GetSlotList(true)[0]);
    await expect(signer.sign(Buffer.from(''))).rejects.toMatchObject({ code: 'PIN_WRONG' });
    await writeFile(path.join(folder, 'pin'), PIN);
    await expect(signer.sign(Buffer.from(''))).rejects.toMatchObject({ code: 'PIN_WRONG' });
  });

  test('a closed signer signs nothing more', async () => {
    const signer = await open(base);
    const last = signer.sign(Buffer.from('under way'));
    await signer.close();
    expect(await last).toHaveLength(344);
    await expect(signer.sign(Buffer.from(''))).rejects.toMatchObject({ code: 'CLOSED' });
  });
});

test('without pkcs11js, the message says what to install', async () => {
  const { openPkcs11Signer } = await import('@coupon-media/pkcs11');
  await expect(openPkcs11Signer(base)).rejects.toMatchObject({
    code: 'DRIVER_MISSING',
    message: expect.stringContaining('npm install pkcs11js'),
  });
});

async function opened(more: Partial<Pkcs11Options> = {}): Promise<Pkcs11Signer> {
  const signer = await open({ ...base, ...more });
  onTestFinished(() => signer.close());
  return signer;
}

/**
 * Starts a relay in this process, which finds the compiled driver: its package is copied beside it, as an install would have it.
 *
 * @param accounts paths in it are relative to the folder of the test
 */
async function relayHere(accounts: object) {
  const installed = path.join(folder, 'node_modules/@coupon-media');
  const packages = new URL('../packages/', import.meta.url);
  for (const part of ['package.json', 'dist'])
    await cp(new URL(`relay/${part}`, packages), path.join(installed, 'relay', part), { recursive: true });
  for (const name of ['client', 'console', 'door', 'server'])
    await symlink(fileURLToPath(new URL(name, packages)), path.join(installed, name));
  const { startRelay } = (await import(
    pathToFileURL(path.join(installed, 'relay/dist/index.js')).href
  )) as typeof import('@coupon-media/relay');
  const accountsFile = path.join(folder, 'relay.json');
  await writeFile(accountsFile, JSON.stringify({ accounts }), { mode: 0o600 });
  const data = path.join(folder, 'relay');
  const log: string[] = [];
  const relay = await startRelay(readConfig({ data, port: 0, accountsFile }, {}), {
    log: pino({}, { write: (line) => log.push(line) }),
  });
  onTestFinished(() => relay.stop());
  const database = await openEmbeddedDatabase({ folder: data });
  const records = await openRelayRecords(database);
  const { text } = await records.tokens.create({ name: 'test', account: 'shop', scopes: ['upload'] });
  await records.close();
  await database.close();
  async function upload(image: Buffer) {
    const answer = await fetch(`http://127.0.0.1:${relay.address.port}/v1/images`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${text}`, 'Content-Type': 'image/png' },
      body: new Uint8Array(image),
    });
    return { status: answer.status, body: (await answer.json()) as unknown };
  }
  return { upload, log };
}

/** Another user of the module in this process, as which the test takes the token away. */
function neighbour() {
  const { PKCS11 } = createRequire(path.join(folder, 'package.json'))('pkcs11js');
  const cryptoki = new PKCS11();
  cryptoki.load(module);
  return cryptoki;
}

async function pinFile(text: string): Promise<string> {
  const file = path.join(folder, 'pin');
  await writeFile(file, text, { mode: 0o600 });
  return file;
}

/** @returns why pkcs11js cannot be had on this machine, if it cannot */
async function installed(into: string): Promise<string | undefined> {
  await writeFile(path.join(into, 'package.json'), '{ "private": true }');
  const started = Date.now();
  const args = [
    'install',
    '--no-save',
    '--no-package-lock',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts=false',
    DRIVER,
  ];
  try {
    await promisify(execFile)('npm', args, { cwd: into });
    createRequire(path.join(into, 'package.json'))('pkcs11js');
  } catch (error) {
    const { stderr = '', message } = error as ExecFileException;
    return `${DRIVER} cannot be compiled here: ${stderr.trim().split('\n').at(-1) || message}`;
  }
  // Afterwards, since npm removes what no package.json asks for.
  const ours = new URL('../packages/', import.meta.url);
  for (const name of ['apiv3', 'pkcs11']) {
    const to = path.join(into, 'node_modules/@coupon-media', name);
    await mkdir(to, { recursive: true });
    for (const part of ['package.json', 'dist'])
      await cp(new URL(`${name}/${part}`, ours), path.join(to, part), { recursive: true });
  }
  const took = ((Date.now() - started) / 1000).toFixed(1);
  process.stderr.write(`coupon-media: compiled ${DRIVER} in a temporary folder in ${took} s\n`);
  return undefined;
}

/** SoftHSM finds its tokens by a file that a variable of the process names. */
async function configure(mechanisms: string): Promise<void> {
  const file = path.join(folder, 'softhsm2.conf');
  const tokens = path.join(folder, 'tokens');
  await mkdir(tokens, { recursive: true });
  await writeFile(
    file,
    `directories.tokendir = ${tokens}\nslots.mechanisms = ${mechanisms}\nlog.level = ERROR\n`,
  );
  process.env.SOFTHSM2_CONF = file;
}

async function makeToken(): Promise<void> {
  await configure('ALL');
  await softhsm('--init-token', '--free', '--label', TOKEN, '--so-pin', '12345678', '--pin', PIN);
  const apiclient = await readFile(sandbox.credentials.privateKeyPath, 'utf8');
  await importKey(apiclient, KEY.keyLabel, KEY.keyId);
  const pem = { type: 'pkcs8', format: 'pem' } as const;
  const other = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export(pem).toString();
  await importKey(other(), 'twice', 'b1');
  await importKey(other(), 'twice', 'b2');
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export(pem).toString();
  await importKey(curve, 'curve', 'c1');
}

async function importKey(pem: string, label: string, id: string): Promise<void> {
  const file = path.join(folder, 'import.pem');
  await writeFile(file, pem, { mode: 0o600 });
  await softhsm('--import', file, '--token', TOKEN, '--label', label, '--id', id, '--pin', PIN);
  await rm(file);
}

async function softhsm(...args: string[]): Promise<void> {
  await promisify(execFile)('softhsm2-util', args);
}
