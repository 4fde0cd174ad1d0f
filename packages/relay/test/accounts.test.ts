import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAccountsFile } from '../dist/accounts/configuration.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'relay-accounts-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function reading(content: unknown) {
  const file = path.join(folder, 'relay.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return readAccountsFile(file);
}

test('paths are relative to the file', async () => {
  const accounts = await reading({
    accounts: {
      shop: { profile: 'shop.json', pace: { perSecond: 20 }, callers: ['1900000001'] },
      brand: { profile: '/etc/brand.json', pace: { with: 'shop' }, deadlines: { total: 2_000 } },
    },
  });
  expect(Object.fromEntries(accounts)).toEqual({
    shop: {
      ...{ profile: path.join(folder, 'shop.json'), perSecond: 20, paceOf: undefined },
      ...{ callers: ['1900000001'], deadlines: {} },
    },
    brand: {
      ...{ profile: '/etc/brand.json', perSecond: undefined, paceOf: 'shop' },
      ...{ callers: undefined, deadlines: { total: 2_000 } },
    },
  });
});

const PROFILE = { profile: 'shop.json' };

describe('what is wrong is named by its place', () => {
  test.each<[string, unknown, RegExp]>([
    ['no accounts', { accounts: {} }, /accounts: must have an account/],
    ['a list', { accounts: [] }, /accounts: must be a JSON object/],
    ['a name', { accounts: { 'My Shop': PROFILE } }, /the name of an account/],
    ['no profile', { accounts: { shop: {} } }, /accounts\.shop\.profile/],
    [
      'a rate',
      { accounts: { shop: { ...PROFILE, pace: { perSecond: 0 } } } },
      /accounts\.shop\.pace\.perSecond/,
    ],
    [
      'two paces',
      { accounts: { shop: { ...PROFILE, pace: { perSecond: 1, with: 'a' } } } },
      /shop\.pace\.with/,
    ],
    [
      'no such account',
      { accounts: { shop: { ...PROFILE, pace: { with: 'other' } } } },
      /there is no account .*other/,
    ],
    ['a key', { accounts: { shop: { ...PROFILE, quota: 1 } } }, /has no .*quota/],
    ['a deadline', { accounts: { shop: { ...PROFILE, deadlines: { total: '2s' } } } }, /deadlines\.total/],
    ['no callers', { accounts: { shop: { ...PROFILE, callers: [] } } }, /accounts\.shop\.callers/],
    [
      'two grants',
      { accounts: { shop: { ...PROFILE, callers: ['19'] }, other: { ...PROFILE, callers: ['19'] } } },
      /19 may use the account shop already/,
    ],
  ])('%s', async (_, content, message) => {
    await expect(reading(content)).rejects.toMatchObject({
      ...{ name: 'RelayError', code: 'ACCOUNTS_WRONG' },
      message: expect.stringMatching(message),
    });
  });

  test('a key in place of the file is not repeated', async () => {
    const refused = reading('-----BEGIN PRIVATE KEY-----\nsecret');
    await expect(refused).rejects.toMatchObject({ code: 'ACCOUNTS_UNREADABLE' });
    await expect(refused).rejects.not.toThrow(/secret/);
  });

  test('a file that is not there', async () => {
    await expect(readAccountsFile(path.join(folder, 'none.json'))).rejects.toMatchObject({
      code: 'ACCOUNTS_UNREADABLE',
    });
  });
});
