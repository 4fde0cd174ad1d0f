import { isKeyText } from './key-text.js';
import { fileReasonText, networkReasonText } from './reasons.js';
import { both, type Language, type Text } from './text.js';

/**
 * Gives the form in which a message may show a given value. A short value is quoted. A value that may be a secret, or is long,
 * is described by its look and its length.
 *
 * @example
 * ```ts
 * import { redacted } from '@coupon-media/apiv3';
 *
 * console.log(redacted('coupon.png').en); // '"coupon.png"'
 * console.log(redacted('-----BEGIN PRIVATE KEY-----').en); // 'a PEM text of 27 characters'
 * ```
 */
export function redacted(value: unknown): Text {
  if (typeof value !== 'string') return both(isPrimitive(value) ? String(value) : typeof value);
  if (value.length > LONGEST_QUOTED) return describeSecret(value) ?? described(LOOKS.text, value);
  return describeSecret(value) ?? both(JSON.stringify(value));
}

/**
 * Gives the form in which a message may show the id of a merchant, a key or a certificate: the id itself if it has the form of
 * one.
 *
 * @example
 * ```ts
 * import { redactedId } from '@coupon-media/apiv3';
 *
 * console.log(redactedId('1900000001').en); // '1900000001'
 * console.log(redactedId('my password!').en); // 'a text of 12 characters'
 * ```
 */
export function redactedId(id: string): Text {
  // A serial is upper-case hex and may have as many digits as an APIv3 key.
  return SERIAL.test(id) ? both(id) : toldIf(ID, id);
}

/**
 * Gives the form in which a message may show the origin of a server: the text itself if it has the form of an origin.
 *
 * @example
 * ```ts
 * import { redactedOrigin } from '@coupon-media/apiv3';
 *
 * console.log(redactedOrigin('localhost:8787').en); // 'localhost:8787'
 * ```
 */
export function redactedOrigin(text: string): Text {
  return toldIf(ORIGIN, text);
}

/**
 * Describes a text by its look and its length, for a message that must not show it.
 *
 * @example
 * ```ts
 * import { describeText } from '@coupon-media/apiv3';
 *
 * console.log(describeText('my password!').en); // 'a text of 12 characters'
 * ```
 */
export function describeText(text: string): Text {
  return described(lookOf(text) ?? LOOKS.text, text);
}

/**
 * @returns the look and the length of a text that may be a secret or hold one; undefined if it may be shown
 * @example
 * ```ts
 * import { describeSecret } from '@coupon-media/apiv3';
 *
 * console.log(describeSecret('coupon.png')); // undefined
 * console.log(describeSecret('{"key":"value"}')?.en); // 'JSON of 15 characters'
 * ```
 */
export function describeSecret(text: string): Text | undefined {
  const look = lookOf(text);
  return look && described(look, text);
}

/**
 * Says why a text that was given as a path is not one. There is no need to ask if the file exists.
 *
 * @returns `a PEM text of 1704 characters, not a path`; undefined if it may be a path
 * @example
 * ```ts
 * import { pathFault } from '@coupon-media/apiv3';
 *
 * console.log(pathFault('apiclient_key.pem')); // undefined
 * console.log(pathFault('-----BEGIN PRIVATE KEY-----')?.en); // 'a PEM text of 27 characters, not a path'
 * ```
 */
export function pathFault(text: string): Text | undefined {
  const look = describeSecret(text) ?? (isTooLong(text) ? described(LOOKS.text, text) : undefined);
  if (!look) return undefined;
  const { 'zh-CN': zh, en } = look;
  return { 'zh-CN': `${zh}，不是路径`, en: `${en}, not a path` };
}

/**
 * Tells whether a message may repeat the path of a key file that does not exist. A password given by mistake looks like a
 * filename.
 *
 * @example
 * ```ts
 * import { isPlainPath } from '@coupon-media/apiv3';
 *
 * console.log(isPlainPath('keys/apiclient_key.pem')); // true
 * console.log(isPlainPath('my password!')); // false
 * ```
 */
export function isPlainPath(text: string): boolean {
  return pathFault(text) === undefined && (KEY_FILE.test(text) || ROOTED.test(text));
}

/**
 * The reason that the file system gave, without the path that Node repeats in it: `ENOENT: no such file or directory`.
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { fileErrorReason } from '@coupon-media/apiv3';
 *
 * try {
 *   readFileSync('missing.pem');
 * } catch (error) {
 *   console.log(fileErrorReason(error)); // 'ENOENT: no such file or directory'
 * }
 * ```
 */
export function fileErrorReason(error: unknown): string {
  if (!(error instanceof Error)) return withoutSecrets(String(error));
  const { code, message } = error as Error & { code?: string };
  const said = /^[A-Z][A-Z0-9]*: [^,']*/.exec(message)?.[0];
  return said ?? (code?.startsWith('ERR_') ? code : withoutSecrets(message));
}

/**
 * Gives the same in both languages, as far as there is a Chinese sentence for it.
 *
 * @example
 * ```ts
 * import { fileErrorText } from '@coupon-media/apiv3';
 *
 * console.log(fileErrorText(Object.assign(new Error('x'), { code: 'ENOENT' }))['zh-CN']); // '没有这个文件'
 * ```
 */
export function fileErrorText(error: unknown): Text {
  const en = fileErrorReason(error);
  return { 'zh-CN': fileReasonText(error)?.['zh-CN'] ?? en, en };
}

/**
 * Gives the message of an error in both languages. If it has only its own, it is that, without keys, and a Chinese sentence if there is
 * one for its code.
 *
 * @example
 * ```ts
 * import { errorText } from '@coupon-media/apiv3';
 *
 * console.log(errorText(new Error('broken')).en); // 'broken'
 * ```
 */
export function errorText(error: unknown): Text {
  if (hasTexts(error)) return error.texts;
  const own = withoutSecrets(error instanceof Error ? error.message || error.name : String(error));
  const reason = fileReasonText(error) ?? networkReasonText(error);
  return reason ? { 'zh-CN': `${reason['zh-CN']}（${own}）`, en: own } : both(own);
}

/** Looks at the form and not at the class, since an error may come from another copy of this package. */
function hasTexts(error: unknown): error is { texts: Text } {
  const { texts } = (error ?? {}) as { texts?: Partial<Record<Language, unknown>> | null };
  return typeof texts?.en === 'string' && typeof texts['zh-CN'] === 'string';
}

/**
 * Copies an error of the file system without the path, in its message and in its properties. Use it as a cause, which logs
 * print in full.
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { withoutPath } from '@coupon-media/apiv3';
 *
 * try {
 *   readFileSync('missing.pem');
 * } catch (error) {
 *   console.log(withoutPath(error).message); // 'ENOENT: no such file or directory'
 * }
 * ```
 */
export function withoutPath(error: unknown): Error {
  const { code } = error as { code?: string };
  return Object.assign(new Error(fileErrorReason(error)), code !== undefined && { code });
}

/**
 * Removes keys and data URLs from a library's message and cuts it to some hundred characters.
 *
 * @example
 * ```ts
 * import { withoutSecrets } from '@coupon-media/apiv3';
 *
 * console.log(withoutSecrets('cannot open data:image/png;base64,AAAA')); // 'cannot open a data URL of 26 characters'
 * ```
 */
export function withoutSecrets(message: string): string {
  const harmless = message
    .replace(/-----BEGIN [\s\S]*?(?:-----END [A-Z0-9 ]+-----|$)/g, (pem) => described(LOOKS.pem, pem).en)
    .replace(/data:[\w/+.-]*[;,][^\s'"]*/gi, (url) => described(LOOKS.dataUrl, url).en)
    .replace(/[A-Za-z0-9+/=_-]{24,}/g, (word) => (isRandom(word) ? described(LOOKS.text, word).en : word));
  return harmless.length > LONGEST_MESSAGE ? `${harmless.slice(0, LONGEST_MESSAGE)}…` : harmless;
}

/** Characters. */
const LONGEST_QUOTED = 300;
const LONGEST_MESSAGE = 500;

/** What a text looks like. */
const LOOKS = {
  pem: { 'zh-CN': 'PEM 文本', en: 'a PEM text' },
  encodedKey: { 'zh-CN': '密钥或证书的 base64', en: 'base64 of a key or certificate' },
  dataUrl: { 'zh-CN': 'data URL', en: 'a data URL' },
  json: { 'zh-CN': 'JSON', en: 'JSON' },
  urlWithPassword: { 'zh-CN': '含用户名或密码的 URL', en: 'a URL with a user or password' },
  text: { 'zh-CN': '文本', en: 'a text' },
} as const satisfies Record<string, Text>;

function lookOf(text: string): Text | undefined {
  if (text.includes('-----BEGIN')) return LOOKS.pem;
  if (/^\s*data:/i.test(text)) return LOOKS.dataUrl;
  if (isKeyText(text)) return LOOKS.encodedKey;
  if (/^\s*[{[]\s*"/.test(text)) return LOOKS.json;
  if (/^\s*[a-z][a-z0-9+.-]*:\/\/.*@/is.test(text)) return LOOKS.urlWithPassword;
  return isRandom(text) ? LOOKS.text : undefined;
}

/** A password too short to be recognised still does not have the expected form. */
function toldIf(form: RegExp, text: string): Text {
  return form.test(text) && !describeSecret(text) ? both(text) : describeText(text);
}

function described({ 'zh-CN': zh, en }: Text, { length }: string): Text {
  return { 'zh-CN': `一段 ${length} 个字符的${zh}`, en: `${en} of ${length} characters` };
}

function isPrimitive(value: unknown): boolean {
  return value === null || (typeof value !== 'object' && typeof value !== 'function');
}

/** No file system has longer names, and hardly any has longer paths. */
function isTooLong(text: string): boolean {
  return (
    text.length > 4096 || text.split(/[/\\]/).some((name) => new TextEncoder().encode(name).length > 255)
  );
}

/**
 * Tells whether a text looks random, as generated keys and passwords do: it has the letters, the digits and the length of an
 * APIv3 key; or one of its words mixes lower case, upper case and digits as no name does.
 */
function isRandom(text: string): boolean {
  if (/^(?=.*\d)(?=.*[a-z])[0-9a-z]{32}$/i.test(text)) return true;
  if (BASE64.test(text) && isMuddle(text.replaceAll('/', ''))) return true;
  return text.split(/[^A-Za-z0-9+]/).some(isMuddle);
}

/** Base64 of 16 bytes or more: its `/` does not separate folders, and its single words are too short to judge. */
const BASE64 = /^[A-Za-z0-9+][A-Za-z0-9+/]{21,}={0,2}$/;

function isMuddle(word: string): boolean {
  const kinds = Array.from(word, (character) => KINDS.findIndex((kind) => kind.test(character)));
  const turns = kinds.filter((kind, at) => at > 0 && kind !== kinds[at - 1]).length;
  return word.length >= 20 && new Set(kinds).size >= 3 && turns / word.length > 0.42;
}

const KINDS = [/[a-z]/, /[A-Z]/, /\d/, /./];

/** The forms of the ids of merchants, public keys and certificates. */
const ID = /^(PUB_KEY_ID_)?[0-9A-Za-z]{1,64}$/;
const SERIAL = /^[0-9A-F]{8,40}$/;

/** A host name with a dot, or with a port or a protocol. */
const ORIGIN =
  /^(https?:\/\/[a-z0-9.[\]:-]+|[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?|[a-z0-9.-]+:\d+)(\/[\w./-]{0,60})?$/i;

/** Files that hold keys, by their suffixes. */
const KEY_FILE = /^[^\p{Cc}]+\.(pem|key|crt|cer|cert|pub|der|p8|p12|pfx|txt|json)$/iu;

/** An absolute or relative path through folders with plain names. */
const ROOTED = /^(~|\.{1,2}|[A-Za-z]:)?([\\/][\p{L}\p{N}_. -]{1,60}){2,}$/u;
