import { readdirSync, readFileSync } from 'node:fs';
import { type Finding, loadCertificate, type Mistake, uploadEndpoints } from '@coupon-media/apiv3';
import { explain } from '@coupon-media/apiv3/explain';
import { describe, expect, test } from 'vitest';
import { readCapture } from '#cli/capture/capture.js';
import { evidenceIn } from '#cli/capture/evidence.js';
import { cut } from './recorded/clients.js';
import type { RecordedRequest } from './recorded/exchange.js';
import { MOMENT } from './recorded/moment.mjs';
import { recordedRequests } from './recorded/requests.js';
import { readResponses } from './recorded/responses.js';
import { authorizationOf, TARGET } from './recorded/upload.js';

const certificate = loadCertificate(readFileSync('vectors/keys/merchant.cert.pem', 'utf8'));

/** What `coupon-media explain` finds in a request as it was sent. */
function explained({ head, body = Buffer.alloc(0) }: Pick<RecordedRequest, 'head' | 'body'>): Finding[] {
  const capture = readCapture(Buffer.concat([Buffer.from(head, 'latin1'), body]));
  return capture ? explain({ ...evidenceIn(capture), certificate, now: MOMENT }) : [];
}

describe('of every recorded upload', () => {
  const { requests, responses } = readResponses();
  const uploads = Object.values(recordedRequests())
    .flat()
    .filter(({ head }) => uploadEndpoints.some(({ path }) => path === pathOf(head)))
    .map((request) => ({ request, response: responses[requests[request.label]?.response ?? ''] ?? [] }));
  const accepted = uploads.filter(({ response }) => statusOf(response) === 200);
  const refused = uploads.filter(({ response }) => statusOf(response) !== 200);

  test('the signature is never said to be right where the service refuses, except for what it alone remembers', () => {
    const wrong = refused.filter(
      ({ request, response }) =>
        !REPLAYED.test(response.at(-1) ?? '') &&
        explained(request).some(({ mistake }) => mistake === 'signatureRight'),
    );
    expect(wrong.map(({ request, response }) => [request.label, response])).toEqual([]);
    expect(refused.length).toBeGreaterThan(600);
  });

  test('something is found in every one that is refused', () => {
    const silent = refused.filter(({ request }) => explained(request).length === 0);
    expect(silent.map(({ request }) => request.label)).toEqual([]);
  });

  test('no mistake is certain in one that is accepted', () => {
    const wrong = accepted
      .filter(({ request }) => !request.head.includes('HTTP/1.0'))
      .flatMap(({ request }) =>
        explained(request)
          .filter(({ certain, mistake }) => certain && mistake !== 'signatureRight')
          .map(({ message }) => [request.label, message.en]),
      );
    expect(wrong).toEqual([]);
    expect(accepted.length).toBeGreaterThan(300);
  });

  /** Only the service knows which nonces were used. */
  const REPLAYED = /随机串和时间戳已被使用|nonce and timestamp were used before/;
});

function pathOf(head: string): string | undefined {
  return /^\S+ (?:https?:\/\/[^/ ]*)?([^ ?]*)/.exec(head)?.[1];
}

function statusOf(response: readonly string[]): number {
  return Number(/^HTTP\/\S+ (\d+)/.exec(response.findLast((line) => line.startsWith('HTTP/')) ?? '')?.[1]);
}

/**
 * The captures of clients that the service refuses, or that send another text than they sign. Each is signed over the meta that its
 * program had. First comes what is wrong, and then what its user can do.
 */
const REFUSED_CLIENTS: readonly (readonly [client: RegExp, mistake: Mistake, says: RegExp])[] = [
  [/^A20-tcllib/, 'partEncoded', /meta is sent in quoted-printable.*8bit/],
  [/^A20b-tcllib-8bit/, 'refusedOtherwise', /not a JPG, PNG or BMP.*not what was read as text/],
  [/^A32b-okhttp3-no-settype/, 'metaNotFound', /multipart\/mixed.*setType\(MultipartBody\.FORM\)/],
  [
    /^A41-axios-object/,
    'metaNotFound',
    /named meta\[filename\], meta\[sha256\], file.*JSON\.stringify\(meta\)/,
  ],
  [/^A41b-axios-braces/, 'metaNotFound', /named meta\{\}, file.*JSON\.stringify\(meta\)/],
  [/^A46-emacs-request/, 'metaNotFound', /the body is no form.*x-www-form-urlencoded/],
  [/^A47-wget2/, 'metaNotFound', /the body is no form.*x-www-form-urlencoded/],
  [/^A48b?-octave/, 'metaNotFound', /the body is no form.*x-www-form-urlencoded/],
  [/^A02-mojo\.cn/, 'charsetDiffers', /different encodings/],
  [
    /^(A28(?!f)|A29-hc5|X12-clj-http).*\.cn/,
    'questionMarks',
    /question marks.*ContentType\.APPLICATION_JSON/,
  ],
];

// Which mistake comes first of all other captures, captures.test.ts holds.
describe('of a client that the service refuses', () => {
  const all = readdirSync('vectors/clients').filter((file) => /^[AX].*\.bin$/.test(file));

  const files = all.filter((file) => REFUSED_CLIENTS.some(([client]) => client.test(file)));

  test.each(files)('%s: the words say what its user can do', (file) => {
    const [first] = explained(signedByItsProgram(file));
    const [, mistake, says = /^$/] = REFUSED_CLIENTS.find(([client]) => client.test(file)) ?? [];
    expect(first?.mistake, first?.message.en).toBe(mistake);
    expect(`${first?.message.en} ${first?.remedy.en}`).toMatch(says);
  });

  test('each row of the table is of a capture', () => {
    for (const [client] of REFUSED_CLIENTS) expect(files.some((file) => client.test(file))).toBe(true);
  });
});

/** The request with an Authorization over the meta that its program had, and with the headers that its user had to add. */
function signedByItsProgram(file: string): { head: string; body: Buffer } {
  const { head, body } = cut(readFileSync(`vectors/clients/${file}`));
  const filename = file.endsWith('.cn.bin') ? '头图.png' : 'h.png';
  const space = body.includes('"filename": ') ? ' ' : '';
  const meta = `{"filename":${space}"${filename}",${space}"sha256":${space}"${SHA256}"}`;
  const lines = head
    .trimEnd()
    .split('\r\n')
    .filter((line) => !/^authorization:/i.test(line));
  lines.push(`Authorization: ${authorizationOf(file, { url: TARGET, body: meta })}`);
  for (const [name, value] of [
    ['Accept', 'application/json'],
    ['User-Agent', 'recorded'],
  ] as const)
    if (!lines.some((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`)))
      lines.push(`${name}: ${value}`);
  return { head: `${lines.join('\r\n')}\r\n\r\n`, body };
}

/** The digest of the image that all captured programs sent. */
const SHA256 = '04e87663d09c18bf3a37ae0311a286d31816299ec05ad0cdf6bb172aa129f7cb';
