import { readFile } from 'node:fs/promises';
import { filled, hosts, originOf, type Text, type UploadEndpointName } from '@coupon-media/apiv3';
import { RelayError } from '../relay-error.js';
import { type AccountConfiguration, readAccountsFile } from './configuration.js';

/** Whose uploads an account makes, and where. */
export interface AccountOwner {
  /** mchid or brand_id. */
  readonly id: string;
  /** The origin of the main host. */
  readonly service: string;
  /** The endpoint of coupon images. */
  readonly endpoint: UploadEndpointName;
}

/**
 * Reads whose an account is, without its keys.
 *
 * @param file the file of accounts
 * @throws RelayError
 */
export async function readAccountOwner(file: string, name: string): Promise<AccountOwner> {
  const account = await findAccount(file, name);
  const profile: unknown = JSON.parse((await readFile(account.profile, 'utf8')).replace(/^\uFEFF/, ''));
  const { mchid, brandId, baseUrl, hosts: given } = Object(profile) as Readonly<Record<string, unknown>>;
  const [main = hosts[0]] = [baseUrl ?? given ?? []].flat().flatMap((text) => String(text).split(','));
  return {
    id: String(brandId ?? mchid),
    service: originOf(main.trim()) ?? main,
    endpoint: brandId === undefined ? 'product-coupon' : 'brand-product-coupon',
  };
}

/**
 * Finds an account, and opens none of its files.
 *
 * @param file the file of accounts
 * @throws RelayError that names those that there are
 */
export async function findAccount(file: string, name: string): Promise<AccountConfiguration> {
  const accounts = await readAccountsFile(file);
  const account = accounts.get(name);
  if (account) return account;
  throw new RelayError('ACCOUNTS_WRONG', filled(NONE, { name, names: [...accounts.keys()].join(', ') }));
}

const NONE: Text = {
  'zh-CN': '没有账号 {name}；现有：{names}',
  en: 'there is no account {name}; there are: {names}',
};
