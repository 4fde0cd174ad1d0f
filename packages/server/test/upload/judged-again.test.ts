import { PassThrough } from 'node:stream';
import { type RefusalName, refusals } from '@coupon-media/apiv3';
import { expect, test } from 'vitest';
import { createNonceWindow } from '../../dist/limits/embedded.js';
import type { Merchant, MerchantDirectory } from '../../dist/merchants/index.js';
import { createTrace } from '../../dist/signed/trace.js';
import { handleUpload } from '../../dist/upload/pipeline.js';
import {
  imageFile,
  LAST,
  metaOf,
  NOW,
  part,
  type StageServices,
  stageServices,
  uploadHead,
} from './stages.js';

const FILE = imageFile();
const META = metaOf(FILE);

/** What happens to a merchant while the body of its upload arrives. */
const CHANGES: [what: string, change: (merchant: Merchant) => Merchant | undefined, refusal: RefusalName][] =
  [
    ['the certificate is revoked', (of) => withCertificate(of, { revoked: true }), 'certificateRevoked'],
    ['the certificate expires', (of) => withCertificate(of, { notAfter: NOW - 1 }), 'certificateExpired'],
    ['the certificate is taken away', (of) => ({ ...of, certificates: new Map() }), 'certificateUnknown'],
    ['the merchant is disabled', () => undefined, 'certificateUnknown'],
    ['the permission is taken', (of) => ({ ...of, productCoupon: false }), 'permissionMissing'],
  ];

test.each(CHANGES)('between headers and meta %s', async (_, change, refusal) => {
  const services = await stageServices();
  let changed = false;
  const merchants: MerchantDirectory = {
    ...services.merchants,
    find(scheme, id) {
      const merchant = services.merchants.find(scheme, id);
      return changed && merchant ? change(merchant) : merchant;
    },
  };
  const trace = await slowly({ ...services, merchants }, [part('file', FILE), part('meta', META)], () => {
    changed = true;
  });
  expect(trace.refusal?.refusal).toBe(refusal);
  expect(trace.stored).toBeUndefined();
});

test('a request whose headers are in time and whose body is not is too old (contract 2.6)', async () => {
  const services = await stageServices();
  let now = NOW + 299;
  const late = { ...services, now: () => now, nonces: createNonceWindow(() => now, services.recorded) };
  const trace = await slowly(late, [part('meta', META), part('file', FILE)], () => {
    now = NOW + 301;
  });
  expect(trace.refusal?.refusal).toBe('timestampSkewed');
});

test('a captured request that began in time is not accepted a second time, whenever it ends', async () => {
  const services = await stageServices();
  let now = NOW;
  const nonces = createNonceWindow(() => now, services.recorded);
  const stepped = { ...services, now: () => now, nonces };
  const head = await uploadHead(META);
  const parts = [part('meta', META), part('file', FILE)];
  expect((await slowly(stepped, parts, () => {}, head)).stored).toBeDefined();
  const refused = new Set<string | undefined>();
  for (const end of [299, 300, 301, 302, 400]) {
    now = NOW + 299;
    const atTheEnd = () => {
      now = NOW + end;
    };
    refused.add((await slowly(stepped, parts, atTheEnd, head)).refusal?.refusal);
  }
  // The same with a clock that jumps ahead and back.
  now = NOW + 1000;
  expect(nonces.reserve({ key: 'of another request', expiresAt: now + 300 })).toBe(true);
  now = NOW + 1;
  refused.add((await slowly(stepped, parts, () => {}, head)).refusal?.refusal);
  expect([...refused].sort()).toEqual(['nonceReplayed', 'timestampSkewed']);
  expect(refusals.nonceReplayed.status).toBe(401);
});

/**
 * Sends the headers of an upload, runs an action, and then sends the parts.
 *
 * @returns the trace in the end
 */
async function slowly(
  services: StageServices,
  parts: readonly Buffer[],
  meanwhile: () => void,
  head?: Awaited<ReturnType<typeof uploadHead>>,
) {
  const given = head ?? (await uploadHead(META));
  const trace = createTrace('upload', given, 'A');
  const stream = new PassThrough();
  const handled = handleUpload(
    { head: given, body: () => stream, whenGone: () => () => undefined },
    services,
    trace,
  );
  // The stages before the body have run by the end of this turn.
  await new Promise((resolve) => setImmediate(resolve));
  expect(trace.stages.at(-1)).toBe('receive');
  meanwhile();
  for (const bytes of [...parts, LAST]) stream.write(bytes);
  stream.end();
  await handled;
  return trace;
}

function withCertificate(merchant: Merchant, changes: { revoked: true } | { notAfter: number }): Merchant {
  const certificates = [...merchant.certificates].map(([id, row]) => [id, { ...row, ...changes }] as const);
  return { ...merchant, certificates: new Map(certificates) };
}
