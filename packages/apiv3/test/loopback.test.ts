import { expect, test } from 'vitest';
import { isLoopbackHost, isLoopbackUrl } from '../dist/index.js';

test.each<[string, boolean]>([
  ['127.0.0.1', true],
  ['127.255.1.0', true],
  ['localhost', true],
  ['LOCALHOST', true],
  ['::1', true],
  ['[::1]', true],
  ['', false],
  ['127.0.0.256', false],
  ['127.0.0', false],
  ['127.1', false],
  ['1127.0.0.1', false],
  ['127.0.0.1.example.com', false],
  ['127.0.0.1\n', false],
  ['127.example.com', false],
  ['localhost.example.com', false],
  ['localhost.', false],
  ['notlocalhost', false],
  ['0.0.0.0', false],
  ['::', false],
  ['[::1', false],
  ['::1]', false],
  ['[localhost]', false],
  ['::ffff:127.0.0.1', false],
  ['192.0.2.1', false],
])('the host %j: %s', (host, isHere) => {
  expect(isLoopbackHost(host)).toBe(isHere);
});

test.each<[string, boolean]>([
  ['http://127.0.0.1:8787', true],
  ['https://localhost', true],
  ['HTTP://LocalHost:1/images/a.png', true],
  ['http://[::1]:1/', true],
  // What a URL makes of them is what would be called.
  ['http://127.1/', true],
  ['http://0x7f000001/', true],
  ['http://[0:0:0:0:0:0:0:1]/', true],
  ['', false],
  ['127.0.0.1:8787', false],
  ['localhost:8787', false],
  ['ftp://127.0.0.1/', false],
  ['http://localhost./', false],
  ['http://127.0.0.1@example.com/', false],
  ['http://127.0.0.1.example.com/', false],
  ['http://example.com/#127.0.0.1', false],
  ['http://localhost.example.com', false],
  ['https://api.mch.weixin.qq.com', false],
])('the URL %j: %s', (url, isHere) => {
  expect(isLoopbackUrl(url)).toBe(isHere);
});
