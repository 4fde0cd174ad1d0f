import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Credentials } from '@coupon-media/sandbox';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { judge, send, signedUpload } from '../support/exchange.js';
import { commandVersion } from '../support/machine.js';
import { changeMerchant, type TestSandbox, temporaryFolder, testSandbox } from '../support/sandbox.js';
import { type Client, clients, needs, verifiers } from './clients.js';
import { INTEROP, installClients, versionOf } from './installed.js';
import { oddities } from './oddities.js';
import { interopDocument, type Mode, modes, type Row, type VerifiedBy } from './table.js';
import { openTap, type Tap } from './tap.js';

// Takes 16 s: clients in separate processes, after their installation.

/** The output of a client's program. */
interface Told {
  status: number;
  headers: Record<string, string>;
  body: string;
  verifiedBy: VerifiedBy;
}

const run = promisify(execFile);

const PICTURE = path.resolve('packages/sandbox/images/coupon.png');

let sandbox: TestSandbox;
let picture: Buffer;
let scratch: string;
const rows = new Map<Client, Row>();
const missing = new Set<string>();

beforeAll(async () => {
  await installClients();
  [sandbox, picture, scratch] = await Promise.all([testSandbox(), readFile(PICTURE), temporaryFolder()]);
  for (const command of ['node', ...Object.values(needs)]) {
    const version = await commandVersion(command);
    if (version === undefined) missing.add(command);
    process.stdout.write(`interop: ${command}: ${version ?? 'not on this machine'}\n`);
  }
}, 180_000);
afterAll(async () => {
  await sandbox.end();
  await rm(scratch, { recursive: true });
});

describe.each(modes)('in %s mode', (mode) => {
  let tap: Tap;
  let forging: Tap;
  beforeAll(async () => {
    const { platformCertificateSerialNo, wechatPayPublicKeyId, baseUrl } = sandbox.credentials;
    const key = mode === 'certificate' ? platformCertificateSerialNo : wechatPayPublicKeyId;
    await changeMerchant(sandbox, { defaultPlatformKeyId: key });
    await vi.waitUntil(async () => (await answerKey()) === key, { timeout: 10_000 });
    tap = await openTap(baseUrl);
    forging = await openTap(baseUrl, forged);
  });
  afterAll(() => Promise.all([tap.close(), forging.close()]));

  test.for(clients)('$title is accepted', async (client, { skip }) => {
    const command = needs[client.program] ?? 'node';
    if (missing.has(command)) skip(`${command} is not on this machine`);
    const told = await runClient(client, mode, tap.url);
    expect(told.status).toBe(200);
    const { image_url: imageUrl } = JSON.parse(told.body);
    expect(Buffer.from(await (await fetch(imageUrl)).arrayBuffer())).toEqual(picture);
    if (told.verifiedBy === 'test')
      expect(await judge(sandbox.credentials, told.headers, told.body)).toBeUndefined();
    rows.set(client, await rowOf(client, mode, told, tap.lastUpload()));
  });

  test.each(verifiers)('$title rejects forged responses', async (client) => {
    await expect(runClient(client, mode, forging.url)).rejects.toThrow(
      /Verify the response|Invalid Signature/,
    );
  });
});

test("only node-easywechat's upload accepts a forged response, in both modes", async () => {
  const forging = await openTap(sandbox.credentials.baseUrl, forged);
  const client = {
    title: '',
    from: '',
    language: '',
    program: 'node-easywechat.mjs',
    variant: 'upload alone',
  };
  const told = await Promise.all(modes.map((mode) => runClient(client, mode, forging.url)));
  await forging.close();
  expect(told.map(({ status }) => status)).toEqual([200, 200]);
});

test('docs/INTEROP.md contains the observations', async ({ skip }) => {
  if (rows.size < clients.length) skip('not every client was run');
  const table = interopDocument(clients.map((client) => rows.get(client) as Row));
  await expect(table).toMatchFileSnapshot('../../docs/INTEROP.md');
});

/** The key that signs the response to a request that names none. */
async function answerKey(): Promise<unknown> {
  const request = await signedUpload(sandbox.credentials, { headers: { 'Wechatpay-Serial': undefined } });
  return (await send(sandbox.credentials, request)).headers['wechatpay-serial'];
}

/** Runs a client's program against `baseUrl`. Rejects with its output if it fails. */
async function runClient({ program, variant = '' }: Client, mode: Mode, baseUrl: string): Promise<Told> {
  const credentials: Credentials = { ...sandbox.credentials, baseUrl };
  const credentialsFile = path.join(scratch, 'credentials.json');
  await writeFile(credentialsFile, JSON.stringify(credentials));
  const command = program.endsWith('.py') ? 'python3' : process.execPath;
  const script = path.join(INTEROP, 'clients', program);
  // The client runs there because node-easywechat leaves a file in its working folder.
  const { stdout } = await run(command, [script, credentialsFile, PICTURE, mode, variant], { cwd: scratch });
  return JSON.parse(stdout) as Told;
}

async function rowOf(client: Client, mode: Mode, { verifiedBy }: Told, request: Buffer): Promise<Row> {
  return {
    client: client.title,
    language: client.language,
    version:
      typeof client.from === 'string'
        ? client.from
        : (await Promise.all(client.from.map(versionOf))).join(', '),
    oddities: oddities(request),
    results: { ...rows.get(client)?.results, [mode]: verifiedBy },
  };
}

/** Returns another response signature of the same form. */
function forged(answer: Buffer): Buffer {
  const text = answer.toString('latin1');
  return Buffer.from(
    text.replace(/(?<=^Wechatpay-Signature: )./im, (first) => (first === 'A' ? 'B' : 'A')),
    'latin1',
  );
}
