import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileErrorText, filled, redacted, type Text } from '@coupon-media/apiv3';
import { RelayError } from '../relay-error.js';

/** The accounts of a relay at upstream, by their names. */
export type AccountsConfiguration = ReadonlyMap<string, AccountConfiguration>;

/** One account, as the file has it. */
export interface AccountConfiguration {
  /** The path of an ordinary profile of the client, as `coupon-media config init` writes it. Absolute. */
  readonly profile: string;
  /** How fast it uploads. Undefined: it is found, by upstream's 429. */
  readonly perSecond: number | undefined;
  /** The account whose pace it shares, since upstream counts both together: the brands of one service provider. */
  readonly paceOf: string | undefined;
  /** The mchids and brand_ids that may use it. Undefined: any caller of its kind. */
  readonly callers: readonly string[] | undefined;
  /** Milliseconds for the stages of a request, as in the options of the client. */
  readonly deadlines: Readonly<Record<string, number>>;
}

/**
 * Reads the file of accounts:
 *
 * ```json
 * { "accounts": { "shop": { "profile": "shop.json", "callers": ["1900000001"], "pace": { "perSecond": 20 } } } }
 * ```
 *
 * @param file paths in it are relative to it
 * @throws RelayError that names the place in the file
 */
export async function readAccountsFile(file: string): Promise<AccountsConfiguration> {
  const content = objectIn(await parsed(file), ['accounts'], '');
  const rows = Object.entries(objectIn(content.accounts, undefined, 'accounts'));
  if (rows.length === 0) throw wrong('accounts', NONE);
  const accounts = new Map(rows.map(([name, row]) => [name, accountIn(name, row, dirname(resolve(file)))]));
  for (const [name, { paceOf }] of accounts) {
    if (
      paceOf !== undefined &&
      (paceOf === name || accounts.get(paceOf)?.paceOf !== undefined || !accounts.has(paceOf))
    )
      throw wrong(`accounts.${name}.pace.with`, filled(NO_ACCOUNT, { name: redacted(paceOf) }));
  }
  refuseTwoGrants(accounts);
  return accounts;
}

async function parsed(file: string): Promise<unknown> {
  try {
    return JSON.parse((await readFile(file, 'utf8')).replace(/^\ufeff/, ''));
  } catch (cause) {
    // The parser's message would quote the text, and what is no such file may be a key.
    const isJson = cause instanceof SyntaxError;
    const texts = isJson
      ? filled(NO_JSON, { file })
      : filled(UNREADABLE, { file, reason: fileErrorText(cause) });
    throw new RelayError('ACCOUNTS_UNREADABLE', texts, isJson ? {} : { cause });
  }
}

function accountIn(name: string, row: unknown, folder: string): AccountConfiguration {
  const at = `accounts.${name}`;
  if (!/^[a-z0-9][a-z0-9-]{0,31}$/.test(name)) throw wrong(`accounts.${redacted(name).en}`, BAD_NAME);
  const { profile, callers, pace, deadlines } = objectIn(
    row,
    ['profile', 'callers', 'pace', 'deadlines'],
    at,
  );
  if (typeof profile !== 'string' || profile === '') throw wrong(`${at}.profile`, NO_PROFILE);
  const { perSecond, with: paceOf } = objectIn(pace ?? {}, ['perSecond', 'with'], `${at}.pace`);
  if (perSecond !== undefined && !(typeof perSecond === 'number' && perSecond > 0 && perSecond <= 10_000))
    throw wrong(`${at}.pace.perSecond`, NO_RATE);
  if (paceOf !== undefined && (typeof paceOf !== 'string' || perSecond !== undefined))
    throw wrong(`${at}.pace.with`, ONE_PACE);
  return {
    profile: resolve(folder, profile),
    perSecond,
    paceOf,
    callers: callersIn(callers, `${at}.callers`),
    deadlines: deadlinesIn(deadlines ?? {}, `${at}.deadlines`),
  };
}

function callersIn(callers: unknown, at: string): readonly string[] | undefined {
  if (callers === undefined) return undefined;
  const isList = Array.isArray(callers) && callers.length > 0;
  if (
    !isList ||
    !callers.every((id): id is string => typeof id === 'string' && /^[0-9A-Za-z]{1,32}$/.test(id))
  )
    throw wrong(at, NO_CALLERS);
  return callers;
}

function deadlinesIn(given: unknown, at: string): Readonly<Record<string, number>> {
  const deadlines = objectIn(given, ['connect', 'send', 'response', 'total'], at);
  return Object.fromEntries(
    Object.entries(deadlines).map(([phase, milliseconds]) => {
      if (typeof milliseconds !== 'number' || !(milliseconds > 0)) throw wrong(`${at}.${phase}`, NO_DEADLINE);
      return [phase, milliseconds];
    }),
  );
}

/** A caller's images have one account: which one must not depend on the order of a file. */
function refuseTwoGrants(accounts: AccountsConfiguration): void {
  const granted = new Map<string, string>();
  for (const [name, { callers = [] }] of accounts) {
    for (const id of callers) {
      const other = granted.get(id);
      if (other !== undefined) throw wrong(`accounts.${name}.callers`, filled(TWO_GRANTS, { id, other }));
      granted.set(id, name);
    }
  }
}

/** @param keys those that it may have; undefined: any */
function objectIn(
  value: unknown,
  keys: readonly string[] | undefined,
  at: string,
): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(at, NO_OBJECT);
  const unknown = Object.keys(value).find((key) => keys && !keys.includes(key));
  if (unknown !== undefined && keys)
    throw wrong(at, filled(NO_SUCH_KEY, { key: redacted(unknown), keys: keys.join(', ') }));
  return Object.fromEntries(Object.entries(value));
}

function wrong(at: string, texts: Text): RelayError {
  return new RelayError('ACCOUNTS_WRONG', filled(AT, { at, texts }));
}

const AT: Text = { 'zh-CN': '账号文件 {at}：{texts}', en: 'the file of accounts, {at}: {texts}' };
const UNREADABLE: Text = {
  'zh-CN': '无法读取账号文件 {file}：{reason}',
  en: 'the file of accounts {file} cannot be read: {reason}',
};
const NO_JSON: Text = {
  'zh-CN': '账号文件 {file} 不是 JSON；格式见 docs/relay.zh-CN.md',
  en: 'the file of accounts {file} is not JSON; docs/relay.md shows one',
};
const NO_OBJECT: Text = { 'zh-CN': '应为 JSON 对象', en: 'must be a JSON object' };
const NONE: Text = { 'zh-CN': '至少需要一个账号', en: 'must have an account' };
const BAD_NAME: Text = {
  'zh-CN': '账号名应为 1 到 32 位小写字母、数字或连字符',
  en: 'the name of an account has 1 to 32 lower-case letters, digits and hyphens',
};
const NO_PROFILE: Text = {
  'zh-CN': '应为配置文件的路径，可用 coupon-media config init 生成',
  en: 'must be the path of a profile, as coupon-media config init writes it',
};
const NO_RATE: Text = {
  'zh-CN': '应为每秒上传次数，大于 0，不超过 10000；不设置则按微信支付的 429 自动调整',
  en: "must be uploads per second, above 0 and at most 10,000; without it the pace is found by upstream's 429",
};
const ONE_PACE: Text = {
  'zh-CN': '应为另一个账号的名称，且不能同时设置 perSecond',
  en: 'must be the name of another account, without perSecond beside it',
};
const NO_ACCOUNT: Text = {
  'zh-CN': '没有账号 {name}，或该账号本身又与别的账号共用速率',
  en: 'there is no account {name} that has a pace of its own',
};
const NO_CALLERS: Text = {
  'zh-CN': '应为商户号或品牌 ID 的列表，如 ["1900000001"]',
  en: 'must be a list of mchids or brand_ids, like ["1900000001"]',
};
const TWO_GRANTS: Text = {
  'zh-CN': '{id} 已授权使用账号 {other}，一个调用方只能使用一个账号',
  en: '{id} may use the account {other} already, and a caller has one account',
};
const NO_DEADLINE: Text = { 'zh-CN': '应为毫秒数', en: 'must be milliseconds' };
const NO_SUCH_KEY: Text = {
  'zh-CN': '没有 {key} 这一项；可用的有 {keys}',
  en: 'has no {key}; it takes {keys}',
};
