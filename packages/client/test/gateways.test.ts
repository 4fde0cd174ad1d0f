import { ApiError, adviceOn, createClient } from '@coupon-media/client';
import { expect, test } from 'vitest';
import { png } from './images.js';
import { type CannedResponse, optionsFor, startService } from './service.js';

const html: CannedResponse = {
  body: '<html><h1>No</h1></html>',
  signer: false,
  headers: { 'Request-ID': undefined, 'Content-Type': 'text/html', Server: 'nginx/1.24.0' },
};

async function refusalOf(reply: CannedResponse): Promise<ApiError> {
  const { baseUrl } = await startService(reply);
  const client = createClient(optionsFor({ baseUrl }, { retries: 0 }));
  const error: unknown = await client.uploadImage(png()).catch((caught: unknown) => caught);
  if (error instanceof ApiError) return error;
  throw error;
}

test.each<[number, RegExp]>([
  [301, /https, as a rule.*log in with a browser/],
  [302, /log in with a browser/],
  [400, /HTTP sent to an HTTPS port/],
  [403, /a WAF or a policy/],
  [404, /forwards \/v3\/ and \/brand\//],
  [408, /client_body_timeout/],
  [411, /Content-Length/],
  [413, /client_max_body_size 8m/],
  [414, /limit of URLs/],
  [429, /limit_req/],
  [431, /large_client_header_buffers/],
  [502, /could not reach the service behind it/],
  [503, /could not reach the service behind it/],
  [511, /Log in/],
  [418, /proxies, gateways and firewalls/],
])("a %i without Request-ID and signature is a gateway's, and its cure is told", async (status, says) => {
  const error = await refusalOf({ ...html, status });
  expect(error).toMatchObject({ code: `HTTP_${status}`, fromGateway: true, verified: false });
  expect(error.message).toMatch(
    /^a proxy or gateway in front of http:\/\/127\.0\.0\.1:\d+ \(nginx\/1\.24\.0\) answered/,
  );
  expect(error.texts['zh-CN']).toContain(`返回 ${status} 的是`);
  const { meaning, remedy } = adviceOn(error);
  expect(meaning).toEqual(error.texts);
  expect(remedy.en).toMatch(says);
  expect(remedy.en).not.toMatch(/shrink the image to/);
});

test.each<[string, CannedResponse]>([
  ['has a Request-ID', { ...html, headers: { 'Request-ID': 'A-1' }, status: 413 }],
  ['is signed', { status: 413, body: '' }],
  ['has a code of the service', { ...html, status: 400, body: '{"code":"PARAM_ERROR","message":"x"}' }],
])("a response that %s is the service's", async (_, reply) => {
  expect(await refusalOf(reply)).toMatchObject({ fromGateway: false });
});
