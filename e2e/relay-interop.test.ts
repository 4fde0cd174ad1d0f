import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Credentials, readCredentials } from '@coupon-media/sandbox';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Client, clients, needs, verifiers } from './interop/clients.js';
import { INTEROP, installClients } from './interop/installed.js';
import { judge } from './support/exchange.js';
import { makeImage } from './support/images.js';
import { commandVersion } from './support/machine.js';
import { relayOfTest } from './support/relay.js';
import { sandboxOfTest, temporaryFolder } from './support/sandbox.js';

// Takes 15 s: clients in separate processes, after their installation.

/** What each prints of its response. */
interface Told {
  status: number;
  headers: Record<string, string>;
  body: string;
  verifiedBy: 'client' | 'validator' | 'test';
}

const run = promisify(execFile);

const of = (program: string) => clients.filter((client) => client.program === program);

beforeAll(installClients, 180_000);

test.for([
  ['wechatpay-axios-plugin and node-easywechat', verifiers],
  ['curl', of('curl.mjs')],
  ['Python', of('python.py')],
] as const)(
  "%s, unmodified but for host and keys, get upstream's URLs of a relay",
  async ([, group], { skip }) => {
    for (const { program } of group) {
      const command = needs[program] ?? 'node';
      skip((await commandVersion(command)) === undefined, `${command} is not on this machine`);
    }
    const upstream = await sandboxOfTest();
    const { folder, baseUrl } = await relayOfTest(upstream);
    const scratch = await temporaryFolder();
    onTestFinished(() => rm(scratch, { recursive: true }));
    const credentials = { ...(await readCredentials(path.join(folder, 'credentials.json'))), baseUrl };
    for (const [number, client] of group.entries()) {
      const picture = await makeImage('png', 3_000 + number);
      const { status, headers, body, verifiedBy } = await told(client, { credentials, picture, scratch });
      expect(status, client.title).toBe(200);
      const { image_url: url } = JSON.parse(body);
      expect(url).toContain(`${upstream.credentials.baseUrl}/images/`);
      expect(Buffer.from(await (await fetch(url)).arrayBuffer())).toEqual(picture);
      // The signature is the relay's, which verifiers verify themselves.
      if (verifiedBy === 'test') expect(await judge(credentials, headers, body)).toBeUndefined();
    }
    const sent = upstream.requests.filter(({ upload }) => upload);
    expect(sent).toHaveLength(group.length);
    // Upstream knows the relay's account alone.
    expect(new Set(sent.map(({ caller }) => caller))).toEqual(new Set([upstream.credentials.mchid]));
    for (const request of sent)
      expect(request.header('authorization')).not.toContain(credentials.certificateSerialNo);
  },
);

/** Runs a client's program with the relay's host and the keys of a caller. Rejects with its output if it fails. */
async function told(
  { program, variant = '' }: Client,
  { credentials, picture, scratch }: { credentials: Credentials; picture: Buffer; scratch: string },
): Promise<Told> {
  const [profile, file] = [path.join(scratch, 'credentials.json'), path.join(scratch, 'coupon.png')];
  await writeFile(profile, JSON.stringify(credentials));
  await writeFile(file, picture);
  const command = program.endsWith('.py') ? 'python3' : process.execPath;
  const script = path.join(INTEROP, 'clients', program);
  const { stdout } = await run(command, [script, profile, file, 'public key', variant], { cwd: scratch });
  return JSON.parse(stdout);
}
