import { createHash } from 'node:crypto';
import {
  createSigner,
  loadPrivateKey,
  type Signer,
  schemes,
  signRequest,
  uploadEndpoints,
} from '@coupon-media/apiv3';
import type { Content, Draft, Mutation, Wire } from './draft.js';
import { renderForm, renderHead } from './draft.js';
import { contentMutations } from './mutations/content.js';
import { formMutations } from './mutations/form.js';
import { headMutations } from './mutations/head.js';
import { png } from './mutations/image.js';
import { framings, wireMutations, wrongFramings } from './mutations/wire.js';
import { createRandom, type Random } from './random.js';

/** Who uploads. */
export interface Uploader {
  mchid: string;
  signer: Signer;
  wechatpaySerial: string;
}

/** One request of the fuzzer's. */
export interface Case {
  index: number;
  /** The mutations, in order. */
  steps: string[];
  wire: Wire;
  /** What the signature in it really covers, as far as it can be read: nothing else may be stored of it. */
  signed: SignedMeta | undefined;
}

export interface SignedMeta {
  filename: unknown;
  sha256: unknown;
}

/** Makes the case of this number: the same one for the same seed, but for clock and keys. */
export async function makeCase(seed: number, index: number, uploader: Uploader): Promise<Case> {
  const random = createRandom(seed, index);
  const steps: string[] = [];
  const content = firstContent(index, random);
  if (random.once(3)) apply(contentMutations, content, random, steps);
  const meta = metaOf(content);
  const { draft, signed } = await sign(content, meta, uploader, random, steps);
  if (random.once(3)) apply(formMutations, draft, random, steps);
  for (let rounds = random.pick([0, 0, 0, 1, 1, 2]); rounds > 0; rounds -= 1)
    apply(headMutations, draft, random, steps);
  const wire: Wire = {
    head: renderHead(draft),
    body: renderForm(draft),
    writes: [],
    ending: 'wait',
    waits: false,
  };
  apply(random.once(8) ? wrongFramings : framings, wire, random, steps);
  if (random.once(4)) apply(wireMutations, wire, random, steps);
  return { index, steps, wire, signed: signed ? readMeta(meta) : undefined };
}

/** @param privateKeyPem the merchant's */
export function uploaderOf(
  mchid: string,
  serialNo: string,
  privateKeyPem: string,
  wechatpaySerial: string,
): Uploader {
  return { mchid, signer: createSigner(serialNo, loadPrivateKey(privateKeyPem)), wechatpaySerial };
}

function apply<Subject>(
  mutations: readonly Mutation<Subject>[],
  subject: Subject,
  random: Random,
  steps: string[],
): void {
  const [name, mutate] = random.pick(mutations);
  mutate(subject, random);
  steps.push(name);
}

/** The name is the case's own, so that what is stored tells where it came from. */
function firstContent(index: number, random: Random): Content {
  const image = random.once(4)
    ? Buffer.concat([png(3, 5, random), Buffer.alloc(random.below(150_000), index)])
    : png(3, 5, random);
  return {
    filename: `case-${index}-${random.hex(8)}.png`,
    sha256: undefined,
    image,
    writeMeta: (filename, sha256) => JSON.stringify({ filename, sha256 }),
  };
}

function metaOf({ filename, sha256, image, writeMeta }: Content): Buffer {
  return Buffer.from(writeMeta(filename, sha256 ?? createHash('sha256').update(image).digest('hex')));
}

/** What may be wrong about a signature by the genuine key: it covers something else than meta. */
const SIGNED_INSTEAD: readonly ((
  meta: Buffer,
  image: Buffer,
) => Partial<{ method: string; url: string; body: Buffer }>)[] = [
  () => ({ body: Buffer.alloc(0) }),
  (_, image) => ({ body: image }),
  (meta) => ({ body: Buffer.concat([meta, Buffer.from('\n')]) }),
  () => ({ method: 'GET' }),
  () => ({ url: '/v3/certificates' }),
];

const SKEWS = [290, -290, 310, -310, 8e9, -1.7e9];

async function sign(
  content: Content,
  meta: Buffer,
  { mchid, signer, wechatpaySerial }: Uploader,
  random: Random,
  steps: string[],
): Promise<{ draft: Draft; signed: boolean }> {
  const own = uploadEndpoints.filter(({ scheme }) => scheme === 'merchant');
  const { path } = random.once(5) ? random.pick(own) : (own[0] as (typeof own)[number]);
  const instead = random.once(12) ? random.pick(SIGNED_INSTEAD)(meta, content.image) : undefined;
  if (instead) steps.push('signed something else');
  const timestamp = Math.floor(Date.now() / 1000) + (random.once(16) ? random.pick(SKEWS) : 0);
  const parts = { method: 'POST', url: path, timestamp, nonce: random.hex(32), body: meta, ...instead };
  const header = await signRequest({ scheme: 'merchant', id: mchid, signer, ...parts });
  const fields = [...header.matchAll(/(\w+)="([^"]*)"/g)].map(
    ([, name = '', value = '']): [string, string] => [name, value],
  );
  const boundary = `fuzz${random.hex(12)}`;
  const draft: Draft = {
    method: 'POST',
    path,
    version: 'HTTP/1.1',
    headers: [
      ['Host', '127.0.0.1'],
      ['Authorization', '{authorization}'],
      ['Accept', 'application/json'],
      ['Accept-Language', 'en'],
      ['User-Agent', 'fuzz'],
      ['Content-Type', `multipart/form-data; boundary=${boundary}`],
      ['Wechatpay-Serial', wechatpaySerial],
    ],
    authorization: { type: schemes.merchant.type, fields },
    boundary,
    parts: [
      {
        headers: ['Content-Disposition: form-data; name="meta"', 'Content-Type: application/json'],
        content: meta,
      },
      {
        headers: ['Content-Disposition: form-data; name="file"; filename="a.png"', 'Content-Type: image/png'],
        content: content.image,
      },
    ],
    preamble: '',
    ending: '\r\n',
  };
  return { draft, signed: instead === undefined };
}

function readMeta(meta: Buffer): SignedMeta | undefined {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(meta)) ?? undefined;
  } catch {
    return undefined;
  }
}
