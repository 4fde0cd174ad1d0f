import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import {
  createSigner,
  loadCertificate,
  loadPrivateKey,
  signRequest,
  uploadEndpoint,
} from '@coupon-media/apiv3';
import { explain } from '@coupon-media/apiv3/explain';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCapture } from '#cli/capture/capture.js';
import { evidenceIn } from '#cli/capture/evidence.js';
import { type Capture, IMAGE_SHA256, readCaptures, readPrograms, withHeaders } from './captures/captures.js';
import { missingHeaders } from './interop/oddities.js';
import { openExchange, type RecordedRequest, type RecordedResponse } from './recorded/exchange.js';
import { judge, sha256 } from './support/exchange.js';
import { type TestSandbox, testSandbox } from './support/sandbox.js';

// Takes 12 s: the captures, most of it for those that arrive in pieces.

/** Bytes per write: no header, boundary or meta arrives in one piece. */
const PIECE = 7;

const captures = readCaptures();

let sandbox: TestSandbox;
let exchange: (request: RecordedRequest) => Promise<RecordedResponse>;
beforeAll(async () => {
  sandbox = await testSandbox();
  exchange = await openExchange(Number(new URL(sandbox.credentials.baseUrl).port));
});
afterAll(() => sandbox.end());

test('every file of vectors/clients/ that holds a capture by name has its row, and the other way round', () => {
  const files = readdirSync('vectors/clients').filter((file) => /^[AX]\d\d.*\.bin$/.test(file));
  expect(captures.map(({ label }) => `${label}.bin`).sort()).toEqual(files.sort());
  const programs = readPrograms();
  expect(programs).toHaveLength(83);
  const lacking = captures.filter(
    ({ label, bytes }) => !label.endsWith('.cn') && missingHeaders(bytes).length > 0,
  );
  expect(lacking).toHaveLength(43);
});

describe('signed afresh', () => {
  test.concurrent.each(captures)('$label: $expected, whole and in pieces', async (capture) => {
    const added = missingHeaders(capture.bytes).map((name) => `${name}: application/json`);
    for (const more of [{}, { write: PIECE }]) {
      const request = withHeaders(capture, [await authorization(capture), ...added]);
      const response = read(await exchange({ ...request, ...more }));
      expect(`${response.status} ${response.code}`.trim()).toBe(capture.expected);
      if (capture.expected !== '200') continue;
      expect(await judge(sandbox.credentials, response.headers, response.body)).toBeUndefined();
      const image = await fetch(JSON.parse(response.body).image_url);
      expect(sha256(Buffer.from(await image.arrayBuffer()))).toBe(IMAGE_SHA256);
    }
  });

  test.concurrent.each(captures.filter(({ bytes }) => missingHeaders(bytes).length > 0))(
    '$label: refused without the headers that its client does not send',
    async (capture) => {
      const { status, code } = read(await exchange(withHeaders(capture, [await authorization(capture)])));
      expect([status, code]).toEqual([400, 'INVALID_REQUEST']);
    },
  );
});

describe('explain', () => {
  const unmatched = captures.filter(({ expected }) => expected === '401 SIGN_ERROR');

  test(`names the right mistake first for all of ${unmatched.length} refused captures`, async () => {
    expect(unmatched).toHaveLength(24);
    expect(await unlike(unmatched, ({ program }) => program.mistake)).toEqual([]);
  });

  test('finds no mistake in an accepted capture', async () => {
    const accepted = captures.filter(({ expected }) => expected === '200');
    expect(await unlike(accepted, () => 'signatureRight')).toEqual([]);
  });

  async function unlike(some: readonly Capture[], right: (capture: Capture) => string | undefined) {
    const first = await Promise.all(some.map(async (capture) => (await explained(capture))[0]?.mistake));
    return some.filter((capture, index) => first[index] !== right(capture)).map(({ label }) => label);
  }

  async function explained(capture: Capture) {
    const missing = missingHeaders(capture.bytes).map((name) => `${name}: application/json`);
    const { head, body = Buffer.alloc(0) } = withHeaders(capture, [await authorization(capture), ...missing]);
    const read = readCapture(Buffer.concat([Buffer.from(head, 'latin1'), body]));
    if (read === undefined) throw new Error(`${capture.label} is no capture to explain`);
    const certificate = loadCertificate(readFileSync(sandbox.credentials.certificatePath, 'utf8'));
    return explain({ ...evidenceIn(read), certificate });
  }
});

/** Signs the meta that the program was given, as its user does; what the client makes of it is in its bytes. */
async function authorization({ meta }: Capture): Promise<string> {
  const { mchid, certificateSerialNo, privateKeyPath } = sandbox.credentials;
  const value = await signRequest({
    scheme: 'merchant',
    id: mchid,
    signer: createSigner(certificateSerialNo, loadPrivateKey(readFileSync(privateKeyPath, 'utf8'))),
    method: 'POST',
    url: uploadEndpoint('product-coupon').path,
    timestamp: Math.floor(Date.now() / 1000),
    nonce: randomBytes(16).toString('hex'),
    body: meta,
  });
  return `Authorization: ${value}`;
}

function read({ bytes }: RecordedResponse): {
  status: number;
  code: string;
  headers: Record<string, string>;
  body: string;
} {
  const end = bytes.indexOf('\r\n\r\n');
  const [line = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const headers = lines
    .map((header) => header.split(/: (.*)/))
    .map(([name = '', value = '']) => [name.toLowerCase(), value]);
  const length = Number(headers.find(([name]) => name === 'content-length')?.[1]);
  const body = bytes.toString('utf8', end + 4, end + 4 + length);
  const { code = '' } = JSON.parse(body) as { code?: string };
  return { status: Number(line.split(' ')[1]), code, headers: Object.fromEntries(headers), body };
}
