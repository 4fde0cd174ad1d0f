import { PassThrough, Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { type RefusalName, refusals } from '@coupon-media/apiv3';
import { describe, expect, test } from 'vitest';
import { createNonceWindow } from '../../dist/limits/embedded.js';
import { settle } from '../../dist/signed/outcome.js';
import type { Response } from '../../dist/signed/response.js';
import { createTrace, type Trace } from '../../dist/signed/trace.js';
import type { ImageDraft, ImageStore } from '../../dist/stores/index.js';
import type { UploadHead } from '../../dist/upload/enter.js';
import { handleUpload, type UploadServices } from '../../dist/upload/pipeline.js';
import { imageFile, LAST, metaOf, NOW, part, sha256, stageServices, uploadHead } from './stages.js';

/** How an upload ended, before its response is written. */
interface UploadOutcome {
  readonly trace: Trace;
  readonly response: Response;
  /** Reports whether the response was written completely. */
  settle(writtenWhole: boolean): Promise<void>;
}

const FILE = imageFile();
const META = metaOf(FILE);
const MIB = 1024 * 1024;

describe('an upload', () => {
  test.each([
    ['meta first', [part('meta', META), part('file', FILE)]],
    ['file first', [part('file', FILE), part('meta', META)]],
  ])('%s: is stored and gets a signed response', async (_, parts) => {
    const services = await stageServices();
    const outcome = await upload(services, [...parts, LAST]);
    expect(outcome.trace).toMatchObject({
      merchant: '1900000001',
      stored: { sha256: sha256(FILE), bytes: FILE.length },
    });
    expect(JSON.parse(String(outcome.response.body))).toEqual({
      image_url: `http://images.example/images/${sha256(FILE)}.png`,
    });
    expect(await services.judge(outcome.response)).toBeUndefined();
    expect((await services.images.read(sha256(FILE)))?.size).toBe(FILE.length);
  });

  test('whose file comes first is drafted up to the size limit of an image', async () => {
    const services = await stageServices();
    const watched = watch(services.images);
    const pieces = Array.from({ length: 60 }, () => Buffer.alloc(100_000));
    const whole = part('file', Buffer.concat(pieces));
    const outcome = await upload({ ...services, images: watched.store }, [
      ...cutUp(whole),
      part('meta', META),
      LAST,
    ]);
    expectRefused(outcome, 'fileTooLarge');
    expect(watched.written).toBeLessThanOrEqual(2 * MIB + 100_000);
    expect(watched.discarded).toBe(1);
  });

  test('whose meta comes first is paused until its signature is verified', async () => {
    const services = await stageServices();
    const body = new PassThrough();
    let proven = () => {};
    const waiting = new Promise<void>((resolve) => {
      proven = resolve;
    });
    const slow = { ...services, nonces: { ...services.nonces, reserve: () => waiting.then(() => true) } };
    const outcome = begin(slow, body, await uploadHead(META));
    body.write(part('meta', META));
    await turn();
    body.write(part('file', FILE));
    await expect.poll(() => body.readableFlowing).toBe(false);
    proven();
    body.end(LAST);
    expect((await outcome)?.response.status).toBe(200);
  });

  test('that is refused is refused before its body ends, and the rest of the body drains', async () => {
    const services = await stageServices();
    const watched = watch(services.images);
    const body = new PassThrough();
    const outcome = begin({ ...services, images: watched.store }, body, await uploadHead('something else'));
    body.write(part('meta', META));
    body.write(Buffer.concat([part('file', FILE)]));
    expectRefused(await outcome, 'signatureWrong');
    for (let sent = 0; sent < 20; sent += 1) {
      if (!body.write(Buffer.alloc(100_000))) await new Promise((resolve) => body.once('drain', resolve));
    }
    expect(watched.discarded).toBe(watched.drafts);
  });
});

describe('a sender that disconnects', () => {
  test.each([
    ['before meta is whole', [part('meta', META).subarray(0, 80)]],
    ['in the midst of the file', [part('meta', META), part('file', FILE).subarray(0, 80)]],
    ['before the last boundary', [part('meta', META), part('file', FILE)]],
  ])('%s: gets no response, and its request can be sent again', async (_, parts) => {
    const services = await stageServices();
    const head = await uploadHead(META);
    const body = new PassThrough();
    const outcome = begin(services, body, head);
    for (const bytes of parts) body.write(bytes);
    await turn();
    body.destroy();
    expect(await outcome).toBeUndefined();
    expect(
      (await upload(services, [part('meta', META), part('file', FILE), LAST], head)).response.status,
    ).toBe(200);
  });

  test('by an error of the connection: the same happens', async () => {
    const services = await stageServices();
    const body = new PassThrough();
    const outcome = begin(services, body, await uploadHead(META));
    await turn();
    body.destroy(new Error('ECONNRESET'));
    expect(await outcome).toBeUndefined();
  });

  test('before it is admitted: is not waited for', async () => {
    const services = await stageServices();
    const body = new PassThrough();
    body.destroy();
    expect(await begin(services, body, await uploadHead(META))).toBeUndefined();
  });
});

describe('a body over 8 MiB', () => {
  test('that declares its length is not read', async () => {
    const services = await stageServices();
    const head = await uploadHead(META, { 'content-length': String(8 * MIB + 1) });
    const unread = () => {
      throw new Error('it was opened');
    };
    const outcome = await begun(services, unread, head);
    expectRefused(outcome, 'bodyTooLarge');
    expect(await services.judge((outcome as UploadOutcome).response)).toBe('unsigned');
  });

  test('that does not is refused as soon as it exceeds the limit, unsigned if meta has not arrived', async () => {
    const services = await stageServices();
    const outcome = await upload(services, cutUp(part('file', Buffer.alloc(8 * MIB))));
    expectRefused(outcome, 'bodyTooLarge');
    expect(await services.judge(outcome.response)).toBe('unsigned');
  });

  test('and signed if meta has arrived', async () => {
    const services = await stageServices();
    const outcome = await upload(services, [
      part('meta', META),
      ...cutUp(part('file', Buffer.alloc(8 * MIB))),
    ]);
    expectRefused(outcome, 'bodyTooLarge');
    expect(await services.judge(outcome.response)).toBeUndefined();
  });
});

test('a form without its last boundary is invalid, and nothing of it is stored', async () => {
  const services = await stageServices();
  const outcome = await upload(services, [part('meta', META), part('file', FILE)]);
  expectRefused(outcome, 'formMalformed');
  expect(outcome.trace.refusal?.context.detail).toEqual({
    field: '/body',
    issue: 'the last boundary is missing',
  });
  expect(await services.judge(outcome.response)).toBeUndefined();
  expect(await services.images.read(sha256(FILE))).toBeUndefined();
});

test('a meta part of more than 16 KiB counts as missing, so that nothing is covered by a signature', async () => {
  const services = await stageServices();
  const long = `${META}${' '.repeat(16 * 1024)}`;
  const outcome = await upload(
    services,
    [part('meta', long), part('file', FILE), LAST],
    await uploadHead(long),
  );
  expectRefused(outcome, 'signatureWrong');
});

describe('a store that fails', () => {
  const rejects = () => Promise.reject(new Error('disk full'));
  const throws = () => {
    throw new Error('disk full');
  };
  test.each<[string, (draft: ImageDraft) => Partial<ImageDraft>]>([
    ['while it writes', () => ({ write: rejects })],
    ['at once when it is to write', () => ({ write: throws })],
    ['after it was behind', (draft) => ({ write: once(draft, rejects) })],
    ['while it commits', () => ({ commit: rejects })],
  ])('%s: a signed 500, nothing is stored, and the request may be sent again', async (_, faults) => {
    const services = await stageServices();
    const { images } = services;
    const failing = { ...images, draft: () => faulty(images.draft(), faults) };
    const head = await uploadHead(META);
    const body = [part('meta', META), part('file', FILE), LAST];
    const outcome = await upload({ ...services, images: failing }, body, head);
    expectRefused(outcome, 'systemError');
    expect(String(outcome.trace.refusal?.cause)).toContain('disk full');
    expect(outcome.response.body).not.toContain('disk full');
    expect(await services.judge(outcome.response)).toBeUndefined();
    expect(await images.read(sha256(FILE))).toBeUndefined();
    await outcome.settle(true);
    expect((await upload(services, body, head)).response.status).toBe(200);
  });

  test('at the beginning: the same happens', async () => {
    const services = await stageServices();
    const failing = { ...services, images: { ...services.images, draft: throws } };
    const outcome = await upload(failing, [part('meta', META), part('file', FILE), LAST]);
    expectRefused(outcome, 'systemError');
    expect(await services.judge(outcome.response)).toBeUndefined();
  });

  test('to record the nonce of a refusal: the refusal stands', async () => {
    const services = await stageServices();
    const nonces = createNonceWindow(() => NOW, { remember: rejects, forget: rejects });
    const failing = { ...services, nonces };
    const outcome = await upload(failing, [part('meta', META), LAST]);
    expectRefused(outcome, 'parameterMissing');
    await outcome.settle(false);
  });
});

test('a key that cannot sign results in an unsigned 500', async () => {
  const services = await stageServices();
  const merchants = {
    ...services.merchants,
    signer: () => ({ keyId: 'HSM', sign: () => Promise.reject(new Error('HSM')) }),
  };
  const head = await uploadHead(META, { 'wechatpay-serial': 'HSM' });
  const outcome = await upload(
    { ...services, merchants },
    [part('meta', META), part('file', FILE), LAST],
    head,
  );
  expectRefused(outcome, 'systemError');
  expect(await services.judge(outcome.response)).toBe('unsigned');
});

test('without room, the upload is refused before its sender is identified, with Retry-After', async () => {
  const services = await stageServices();
  const full = { ...services, inFlight: { ...services.inFlight, enter: () => Promise.resolve(undefined) } };
  const outcome = await upload(full, [], await uploadHead(META, { authorization: undefined }));
  expectRefused(outcome, 'serviceBusy');
  expect(outcome.response.headers['Retry-After']).toBe('1');
  expect(await services.judge(outcome.response)).toBe('unsigned');
});

describe('the nonce of a request (contract 2.9)', () => {
  const stored = [part('meta', META), part('file', FILE), LAST];
  const refused = [part('meta', META), LAST];
  test.each([
    ['stored and answered', stored, true, 401, 1],
    ['stored, the response cut off', stored, false, 200, 0],
    ['refused and answered', refused, true, 401, 1],
    ['refused, the response cut off', refused, false, 200, 0],
  ])('%s', async (_, body, writtenWhole, again, recorded) => {
    const services = await stageServices();
    const head = await uploadHead(META);
    const outcome = await upload(services, body, head);
    await outcome.settle(writtenWhole);
    expect(await services.recorded.usedNonces(0)).toHaveLength(recorded);
    expect((await upload(services, stored, head)).response.status).toBe(again);
  });

  test('of an upload over the rate is released once the response was sent', async () => {
    const services = await stageServices();
    const [first, second] = [await uploadHead(META), await uploadHead(META)];
    const rated = { ...services, defaultQuota: 0.5 };
    await (await upload(rated, stored, first)).settle(true);
    const outcome = await upload(rated, stored, second);
    expectRefused(outcome, 'rateExceeded');
    expect(outcome.response.headers['Retry-After']).toBe('2');
    await outcome.settle(true);
    expect((await upload(services, stored, second)).response.status).toBe(200);
  });
});

async function upload(services: UploadServices, chunks: Buffer[], head?: UploadHead): Promise<UploadOutcome> {
  return (await begin(services, Readable.from(chunks), head ?? (await uploadHead(META)))) as UploadOutcome;
}

function begin(
  services: UploadServices,
  body: Readable,
  head: UploadHead,
): Promise<UploadOutcome | undefined> {
  return begun(services, () => body, head);
}

async function begun(
  services: UploadServices,
  body: () => Readable,
  head: UploadHead,
): Promise<UploadOutcome | undefined> {
  const trace = createTrace('upload', head, 'A');
  const response = await handleUpload({ head, body, whenGone: () => () => undefined }, services, trace);
  if (!response) return undefined;
  async function settleAs(writtenWhole: boolean): Promise<void> {
    trace.response = response;
    await settle(trace, services);
    await settle(trace, services, writtenWhole);
  }
  return { trace, response, settle: settleAs };
}

function expectRefused(outcome: UploadOutcome | undefined, refusal: RefusalName): void {
  expect(outcome?.trace.refusal?.refusal).toBe(refusal);
  expect(outcome?.response.status).toBe(refusals[refusal].status);
}

function cutUp(bytes: Buffer): Buffer[] {
  const pieces = [];
  for (let at = 0; at < bytes.length; at += 65_536) pieces.push(bytes.subarray(at, at + 65_536));
  return pieces;
}

/** A real draft with some methods that fail. */
function faulty(draft: ImageDraft, faults: (draft: ImageDraft) => Partial<ImageDraft>): ImageDraft {
  return {
    write: (chunk) => draft.write(chunk),
    commit: (made) => draft.commit(made),
    discard: () => draft.discard(),
    ...faults(draft),
  };
}

/** Writes once like a store that is behind, and fails from then on. */
function once(draft: ImageDraft, fails: () => Promise<void>): ImageDraft['write'] {
  let written = false;
  return async (chunk) => {
    if (written) return fails();
    written = true;
    await draft.write(chunk);
    return fails();
  };
}

/** Counts what happens to the drafts of a store. */
function watch(images: ImageStore): {
  store: ImageStore;
  drafts: number;
  written: number;
  discarded: number;
} {
  const counts = { store: images, drafts: 0, written: 0, discarded: 0 };
  counts.store = {
    ...images,
    draft() {
      counts.drafts += 1;
      return faulty(images.draft(), (draft) => ({
        write(chunk) {
          counts.written += chunk.length;
          return draft.write(chunk);
        },
        discard() {
          counts.discarded += 1;
          return draft.discard();
        },
      }));
    },
  };
  return counts;
}
