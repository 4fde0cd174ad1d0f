import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { send } from '../support/exchange.js';
import { imageOf, uploadOf } from './images.js';
import { missing } from './machine.js';
import {
  disorder,
  FOLDER_STEPS,
  LARGE_STEPS,
  LOG_NAME_STEPS,
  type Seen,
  SMALL_STEPS,
  stepsIn,
} from './order.js';
import { copyOf, credentialsOf, prepareFolder, removeAfterwards, serve } from './service.js';
import { attach } from './strace.js';

// SIGKILL does not discard what the kernel has, so it cannot reveal a missing sync. A trace can.
test('a response is written after bytes, names and row are synced', async ({ skip }) => {
  const lacking = await missing('strace');
  if (lacking) skip(lacking);
  const prepared = await prepareFolder();
  removeAfterwards(prepared);
  const folder = await copyOf(prepared);
  const service = await serve(folder);
  const credentials = await credentialsOf(folder);

  async function traced(bytes: number): Promise<string> {
    const file = path.join(folder, 'trace');
    const calls = 'write,writev,pwrite64,pwritev,fsync,fdatasync,rename,renameat,renameat2,mkdir,mkdirat';
    const detach = await attach(service.pid, ['-y', '-s', '32', '-o', file, '-e', `trace=${calls}`]);
    const { status } = await send(credentials, (await uploadOf(credentials, imageOf(bytes))).signed);
    await detach();
    expect(status).toBe(200);
    return readFile(file, 'utf8');
  }

  // The first upload of a service, with a new log.
  const small = await traced(10_000);
  const large = await traced(400_000);
  for (const [what, trace, steps] of [
    ['10 KB', small, SMALL_STEPS],
    ['10 KB', small, LOG_NAME_STEPS],
    ['400 KB', large, LARGE_STEPS],
    ['400 KB', large, FOLDER_STEPS],
  ] as const) {
    const seen = stepsIn(trace, service.pid, steps);
    expect(disorder(seen)).toEqual([]);
    process.stdout.write(`order, ${what}: ${seen.map(told).join(' → ')}\n`);
  }
});

function told({ name, calls }: Seen): string {
  const [first] = calls;
  const call = /^\w+/.exec(first?.text ?? '')?.[0];
  return `${name} (${calls.length > 1 ? `${calls.length} × ` : ''}${call})`;
}
