import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { uploadEndpoint } from '@coupon-media/apiv3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LargeRequest, needs, senders } from './arrival/senders.js';
import { png, signedUpload, type UploadShape } from './support/exchange.js';
import { commandVersion } from './support/machine.js';
import { type TestSandbox, temporaryFolder, testSandbox } from './support/sandbox.js';

// Takes 35 s of processor time, with curl and Python as separate processes.

/**
 * How often each client sends each body. When a service responded too early, nine in ten responses were lost, so five
 * attempts show it.
 */
const TIMES = Number(process.env.TEST_ARRIVALS || 5);
const MIB = 1024 * 1024;

/** Requests that are refused long before the body's end, and their statuses. */
interface EarlyRefusal {
  what: string;
  method: string;
  path: string;
  shape: UploadShape;
  status: number;
}

const UPLOAD = { method: 'POST', path: uploadEndpoint('product-coupon').path, status: 401 };
const REFUSALS: EarlyRefusal[] = [
  { ...UPLOAD, what: 'a bad Authorization', shape: { authorization: 'none' } },
  { ...UPLOAD, what: 'a wrong signature', shape: { signed: 'something else' } },
  { ...UPLOAD, what: 'an unknown path', path: '/v3/unknown', shape: {}, status: 404 },
  { ...UPLOAD, what: 'a wrong method', method: 'PUT', shape: {}, status: 405 },
];

/**
 * MiB: the size of an upload, and a size beyond what is read to its end (contract 5.10). Beyond 8 MiB a client has 2 s
 * to send, also on this machine.
 */
const BODIES = [2, 10].flatMap((mib) => [
  { mib, framing: 'Content-Length' },
  { mib, framing: 'chunked' },
]);

const cells = Object.entries(senders).flatMap(([client, sender]) =>
  BODIES.flatMap((body) => REFUSALS.map((refusal) => ({ client, sender, ...body, refusal }))),
);

let sandbox: TestSandbox;
let scratch: string;
const seen: [client: string, body: string, what: string, seen: number][] = [];

beforeAll(async () => {
  [sandbox, scratch] = await Promise.all([testSandbox(), temporaryFolder()]);
});
afterAll(async () => {
  await sandbox.end();
  await rm(scratch, { recursive: true });
  process.stdout.write(
    `refusals that reached a client still sending, of ${TIMES} (contract 5.10)\n${table()}\n`,
  );
});

describe('a refusal arrives', () => {
  test.for(cells)(
    '$client, $mib MiB, $framing, $refusal.what',
    async ({ client, sender, mib, framing, refusal }, { skip }) => {
      const command = needs[client];
      if (command && !(await commandVersion(command))) skip(`${command} is not on this machine`);
      const large = await largeRequest(mib, framing === 'chunked', refusal);
      const statuses = await sender(large, TIMES);
      const status = expectedStatus(refusal, mib, framing);
      seen.push([
        client,
        `${mib} MiB, ${framing}`,
        refusal.what,
        statuses.filter((found) => found === status).length,
      ]);
      expect(statuses).toEqual(Array(TIMES).fill(status));
    },
  );
});

/** A body that declares itself too large is not read at all (contract 5.7). */
function expectedStatus({ what, status }: EarlyRefusal, mib: number, framing: string): number {
  return what === 'a wrong signature' && mib > 8 && framing === 'Content-Length' ? 413 : status;
}

async function largeRequest(
  mib: number,
  chunked: boolean,
  { method, path: target, shape }: EarlyRefusal,
): Promise<LargeRequest> {
  const { headers, body } = await signedUpload(sandbox.credentials, {
    ...shape,
    file: png(1, 1, Buffer.alloc(mib * MIB)),
  });
  const bodyFile = path.join(scratch, `${mib}`);
  await writeFile(bodyFile, body);
  return { url: sandbox.credentials.baseUrl + target, method, headers, body, bodyFile, chunked };
}

function table(): string {
  const columns = REFUSALS.map(({ what }) => what);
  const rows = new Map(
    seen.map(([client, body]) => [
      `${client} | ${body}`,
      seen.filter((cell) => cell[0] === client && cell[1] === body),
    ]),
  );
  const lines = [...rows].map(([row, found]) =>
    [row, ...columns.map((column) => found.find(([, , what]) => what === column)?.[3] ?? '-')].join(' | '),
  );
  return [`client | body | ${columns.join(' | ')}`, ...lines].join('\n');
}
