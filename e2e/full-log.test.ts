import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, statSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { smallDisk } from './durability/machine.js';
import { credentialsOf, prepareFolder } from './durability/service.js';
import { send, signedUpload } from './support/exchange.js';
import { CLI } from './support/run.js';

test('a service whose log has no room any more goes on, logs again when there is room, and ends at SIGTERM', async ({
  skip,
}) => {
  const disk = await smallDisk(64 * 1024, skip);
  const log = path.join(disk, 'log');
  const filler = path.join(disk, 'filler');
  const data = await prepareFolder();
  const credentials = await credentialsOf(data);
  const output = openSync(log, 'a');
  const { port } = new URL(credentials.baseUrl);
  const args = [CLI, 'serve', '--data', data, '--port', port, '--quota', '0'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', output, 'ignore'] });
  closeSync(output);
  onTestFinished(async () => {
    if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit');
    await rm(data, { recursive: true, force: true });
  });
  const upload = async () => (await send(credentials, await signedUpload(credentials))).status;
  await expect.poll(() => upload().catch(() => undefined), { timeout: 30_000 }).toBe(200);

  await writeFile(filler, Buffer.alloc(64 * 1024)).catch(() => {});
  const full = statSync(log).size;
  for (let more = 0; more < 50; more += 1) expect(await upload()).toBe(200);
  // Of what had room in the last page, some lines were written.
  expect(statSync(log).size).toBeLessThan(full + 4096);

  await rm(filler);
  expect(await upload()).toBe(200);
  await expect.poll(() => statSync(log).size).toBeGreaterThan(full + 4096);

  await writeFile(filler, Buffer.alloc(64 * 1024)).catch(() => {});
  for (let more = 0; more < 50; more += 1) expect(await upload()).toBe(200);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});
