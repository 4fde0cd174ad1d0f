import { rm } from 'node:fs/promises';
import type { Credentials } from '@coupon-media/sandbox';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { send } from '../support/exchange.js';
import { fetched, flawsOf } from './evidence.js';
import { type Fault, faults, type Target } from './faults.js';
import { imageOf, type TestImage, uploadOf, urlOf } from './images.js';
import { missing } from './machine.js';
import { connect } from './peer.js';
import { copyOf, credentialsOf, prepareFolder, serve } from './service.js';
import { strikeUnderLoad } from './under-load.js';

// Takes 26 s: nine services that are started twice, with a load on each.

/** Bytes: one image for the database and one for a file. */
const SMALL = 10_000;
const LARGE = 1_000_000;

let prepared: string;
beforeAll(async () => {
  prepared = await prepareFolder();
});
const rows: string[][] = [['fault', '≤ 64 KiB', 'larger', 'meanwhile', 'when it is over', 'under load']];
afterAll(async () => {
  await rm(prepared, { recursive: true, force: true });
  process.stdout.write(rows.map((row) => `| ${row.join(' | ')} |\n`).join(''));
});

for (const fault of faults) {
  test(`${fault.title}: refused, survived and recovered from`, { timeout: 90_000 }, async ({ skip }) => {
    const lacking = await missing(fault.command);
    if (lacking) skip(lacking);
    const folder = await copyOf(prepared, fault.tmpfs);
    const service = await serve(folder);
    const credentials = await credentialsOf(folder);
    const target = { folder, pid: service.pid };

    const one = await strikeOne(fault, target, credentials);
    expect(await flawsOf(folder)).toEqual([]);

    const many = await strikeUnderLoad(fault, target, credentials);
    expect([...many.surprises, ...many.broken.map(({ reason }) => reason)]).toEqual([]);
    expect(many.refusedAfterwards).toBe(0);
    for (const { signed } of many.refused)
      expect(await send(credentials, signed)).toMatchObject({ status: 200 });
    expect(service.isUp()).toBe(true);

    await service.kill();
    await serve(folder);
    // This comes last: if nothing can be removed, partially received images stay until a service starts.
    expect(await flawsOf(folder)).toEqual([]);
    const promised = [...one, ...[...many.acknowledged, ...many.refused].map(({ image }) => image)];
    for (const image of promised)
      expect(await fetched(urlOf(credentials, image), image.sha256)).toBe('exact');
    rows.push(rowOf(fault, `${many.acknowledged.length} × 200, ${many.refused.length} × 500, 0 lost`));
  });
}

/**
 * Applies the fault while each response can be predicted.
 *
 * @returns the images that the service has in the end
 */
async function strikeOne(fault: Fault, target: Target, credentials: Credentials): Promise<TestImage[]> {
  const peer = await connect(credentials);
  const before = { small: imageOf(SMALL), large: imageOf(LARGE) };
  for (const image of Object.values(before))
    expect(await peer.upload(await uploadOf(credentials, image))).toMatchObject({ status: 200 });
  const uploads = [
    { expected: fault.small, upload: await uploadOf(credentials, imageOf(SMALL)) },
    { expected: fault.large, upload: await uploadOf(credentials, imageOf(LARGE)) },
    { expected: fault.large, upload: await uploadOf(credentials, imageOf(LARGE), 'file') },
    { expected: fault.small, upload: await uploadOf(credentials, imageOf(SMALL), 'file') },
  ];

  const undo = await fault.strike(target);
  let struck = true;
  onTestFinished(async () => {
    if (struck) await undo();
  });
  for (const { expected, upload } of uploads) {
    const code = expected === 500 ? 'SYSTEM_ERROR' : undefined;
    expect(await peer.upload(upload)).toMatchObject({ status: expected, code, genuine: true });
    // A refused image does not exist.
    if (expected === 500) expect(await peer.digest(upload.image)).toBeUndefined();
    else expect(await peer.digest(upload.image)).toBe(upload.image.sha256);
  }
  expect(await peer.digest(before.small)).toBe(before.small.sha256);
  expect(await peer.digest(before.large)).toBe(fault.unserved ? 'none: 500' : before.large.sha256);
  expect(await peer.status('/healthz')).toBe(200);
  expect(await peer.status('/readyz')).toBe(fault.unready ? 503 : 200);
  await undo();
  struck = false;

  expect(await peer.status('/readyz')).toBe(200);
  // After a 500 the same request may be sent again, and after a 200 it may not (contract 2.9).
  for (const { expected, upload } of uploads)
    expect(await peer.upload(upload)).toMatchObject({ status: expected === 500 ? 200 : 401, genuine: true });
  return [...Object.values(before), ...uploads.map(({ upload }) => upload.image)];
}

function rowOf({ title, small, large, unready, unserved }: Fault, underLoad: string): string[] {
  const answer = (status: 200 | 500) => (status === 500 ? '500 SYSTEM_ERROR, signed' : '200, durable');
  const served = unserved ? 'images of the database served' : 'all images served';
  const meanwhile = `${served}, /readyz ${unready ? 503 : 200}`;
  return [title, answer(small), answer(large), meanwhile, 'ready at once; the same requests: 200', underLoad];
}
