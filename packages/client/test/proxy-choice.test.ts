import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { proxyFor } from '@coupon-media/client';
import { expect, test } from 'vitest';
import { startProxy } from './proxies.js';

/** `A`, `B` and `C` in a value stand for three proxies. */
type Row = readonly [
  origin: string,
  environment: Record<string, string>,
  chosen: 'A' | 'B' | 'C' | undefined,
];

const HTTP = 'http://pay.example';
const HTTPS = 'https://pay.example';

/** What curl does, too. */
const AS_CURL: readonly Row[] = [
  [HTTP, {}, undefined],
  [HTTP, { http_proxy: 'A' }, 'A'],
  [HTTP, { http_proxy: 'http://A' }, 'A'],
  [HTTP, { http_proxy: 'http://A/' }, 'A'],
  [HTTP, { https_proxy: 'A' }, undefined],
  [HTTPS, { http_proxy: 'A' }, undefined],
  [HTTPS, { HTTP_PROXY: 'A' }, undefined],
  [HTTPS, { https_proxy: 'A' }, 'A'],
  [HTTPS, { HTTPS_PROXY: 'A' }, 'A'],
  [HTTPS, { https_proxy: 'A', HTTPS_PROXY: 'B' }, 'A'],
  [HTTPS, { https_proxy: '', HTTPS_PROXY: 'B' }, 'B'],
  [HTTPS, { all_proxy: 'A' }, 'A'],
  [HTTP, { ALL_PROXY: 'A' }, 'A'],
  [HTTPS, { ALL_PROXY: 'A', https_proxy: 'B' }, 'B'],
  [HTTPS, { all_proxy: 'A', ALL_PROXY: 'B' }, 'A'],
  ...(
    [
      ['pay.example', undefined],
      ['PAY.Example', undefined],
      ['.pay.example', undefined],
      ['example', undefined],
      ['.example', undefined],
      ['xample', 'A'],
      ['other.example', 'A'],
      ['sub.pay.example', 'A'],
      ['other.example,pay.example', undefined],
      ['other.example, pay.example', undefined],
      ['other.example pay.example', undefined],
      ['pay.example.', undefined],
      ['*', undefined],
      ['*.example', 'A'],
      ['*,other.example', 'A'],
      ['', 'A'],
      ['pay', 'A'],
    ] as const
  ).map(([no_proxy, chosen]): Row => [HTTPS, { https_proxy: 'A', no_proxy }, chosen]),
  [HTTPS, { https_proxy: 'A', NO_PROXY: 'pay.example' }, undefined],
  [HTTPS, { https_proxy: 'A', no_proxy: 'x', NO_PROXY: 'pay.example' }, 'A'],
  ...(
    [
      ['192.0.2.0/24', undefined],
      ['192.0.2.9', undefined],
      ['192.0.2.128/25', 'A'],
      ['192.0.3.0/24', 'A'],
      ['192.0.0.0/8', undefined],
      ['192.0.2', 'A'],
    ] as const
  ).map(([no_proxy, chosen]): Row => ['http://192.0.2.9', { http_proxy: 'A', no_proxy }, chosen]),
  ['http://[2001:db8::1]', { http_proxy: 'A', no_proxy: '2001:db8::1' }, undefined],
  ['http://[2001:db8::1]', { http_proxy: 'A', no_proxy: '2001:db9::/32' }, 'A'],
];

/** What this client does otherwise, on purpose: each is in the documentation of proxyFor. */
const OTHERWISE: readonly (readonly [...Row, curl: Row[2]])[] = [
  [HTTP, { HTTP_PROXY: 'A' }, 'A', undefined],
  ['http://127.0.0.1:9', { http_proxy: 'A' }, undefined, 'A'],
  ['http://localhost:9', { http_proxy: 'A' }, undefined, 'A'],
  ['http://[::1]:9', { http_proxy: 'A' }, undefined, 'A'],
  ['http://pay.example:8787', { http_proxy: 'A', no_proxy: 'pay.example:8787' }, undefined, 'A'],
];

/** Under CGI a client sets HTTP_PROXY by its header `Proxy`. */
const UNDER_CGI = [HTTP, { HTTP_PROXY: 'A', REQUEST_METHOD: 'GET' }, undefined] as const;

test('every row is chosen by this client, and by curl where it is said so', { timeout: 60_000 }, async ({
  skip,
}) => {
  const proxies = {
    A: await startProxy('http://127.0.0.1:9', [502, 'X: y']),
    B: await startProxy('http://127.0.0.1:9', [502, 'X: y']),
    C: await startProxy('http://127.0.0.1:9', [502, 'X: y']),
  };
  const filledIn = (environment: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(environment).map(([name, value]) => [
        name,
        value.replace(/\b[ABC]\b/, (letter) => proxies[letter as 'A'].address),
      ]),
    );
  const letterOf = (place: string | undefined) =>
    (['A', 'B', 'C'] as const).find((letter) => proxies[letter].address === place);
  const rows = [
    ...AS_CURL.map((row) => [...row, row[2]] as const),
    ...OTHERWISE,
    [...UNDER_CGI, undefined] as const,
  ];
  const ours = rows.map(([origin, environment]) =>
    letterOf(proxyFor(origin, undefined, filledIn(environment))?.place),
  );
  expect(ours).toEqual(rows.map(([, , chosen]) => chosen));
  if (!(await curlOf('http://127.0.0.1:9', {}))) skip('there is no curl to compare with');
  const curls: (string | undefined)[] = [];
  for (const [origin, environment] of rows) {
    for (const { asked } of Object.values(proxies)) asked.length = 0;
    await curlOf(origin, filledIn(environment));
    curls.push((['A', 'B', 'C'] as const).find((letter) => proxies[letter].asked.length > 0));
  }
  expect(rows.map((row, at) => [row[0], row[1], curls[at]])).toEqual(
    rows.map((row) => [row[0], row[1], row[3]]),
  );
});

test.each(['2001:db8::/32', '0::0/0'])('an IPv6 block, which curl 7.88 does not match: %s', (NO_PROXY) => {
  const environment = { http_proxy: '127.0.0.1:3128', NO_PROXY };
  expect(proxyFor('http://[2001:db8::1]', undefined, environment)).toBeUndefined();
});

/** Asks for an origin, which nobody serves. @returns whether there is a curl */
async function curlOf(origin: string, environment: Record<string, string>): Promise<boolean> {
  const { PATH = '' } = process.env;
  const args = ['--silent', '--max-time', '5', '--connect-to', '192.0.2.9:80:127.0.0.1:9', origin];
  const child = spawn('curl', args, { env: { PATH, ...environment }, stdio: 'ignore' });
  const [code] = (await Promise.race([once(child, 'exit'), once(child, 'error')])) as [number | Error];
  return typeof code === 'number';
}
