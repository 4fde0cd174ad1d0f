import {
  createKeyRing,
  createSigner,
  createVerifier,
  headerReader,
  signResponse,
  verifyResponse,
} from '@coupon-media/apiv3';
import { expect, it } from 'vitest';
import { loadPrivateKey, publicKeyOf } from '../dist/index.js';
import { readText } from './vectors.js';

const asked = ['wechatpay-serial', 'Wechatpay-Serial', 'WECHATPAY-SERIAL'];

it.each<[string, Parameters<typeof headerReader>[0]]>([
  ['an object in the letters of the contract', { 'Wechatpay-Serial': 'S' }],
  ["Node's object", { 'wechatpay-serial': 'S', host: undefined }],
  ['an object in capitals', { 'WECHATPAY-SERIAL': 'S' }],
  ['an object with lists', { 'Wechatpay-Serial': ['S'] }],
  ['Headers of fetch', new Headers({ 'Wechatpay-Serial': 'S' })],
  [
    'pairs',
    [
      ['Host', 'x'],
      ['Wechatpay-Serial', 'S'],
    ],
  ],
  ["Node's rawHeaders", ['Host', 'x', 'Wechatpay-Serial', 'S']],
  ['a Map', new Map([['Wechatpay-Serial', 'S']])],
  ['what has get alone', { get: (name: string) => (name === 'wechatpay-serial' ? 'S' : null) }],
  [
    'a function that knows the letters of the contract',
    (name: string) => (name === 'Wechatpay-Serial' ? 'S' : undefined),
  ],
])('%s is read in any letter case', (_, source) => {
  const header = headerReader(source);
  expect(asked.map(header)).toEqual(['S', 'S', 'S']);
  expect(header('absent')).toBeUndefined();
});

it.each<[string, Parameters<typeof headerReader>[0]]>([
  ['a list of two', { a: ['1', '2'] }],
  ['two letter cases', { a: '1', A: '2' }],
  ['rawHeaders', ['a', '1', 'A', '1']],
])('a header that is repeated has no value: %s', (_, source) => {
  expect(headerReader(source)('a')).toBeUndefined();
});

it('a response is verified by headers in the letters of the contract', async () => {
  const key = loadPrivateKey(readText('keys/platform.key.pem'));
  const headers: Record<string, string> = {
    ...(await signResponse({
      scheme: 'merchant',
      signer: createSigner('S', key),
      timestamp: 1_795_424_400,
      nonce: 'f'.repeat(32),
      body: '{}',
    })),
  };
  const ring = createKeyRing([createVerifier('S', publicKeyOf(key))]);
  const message = { header: (name: string) => headers[name], body: '{}' };
  expect(await verifyResponse(message, ring, 1_795_424_400)).toBeUndefined();
});
