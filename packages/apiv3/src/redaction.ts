import { isKeyText } from './keys.js';
import type { Text } from './text.js';

/**
 * A value that somebody gave, as a message may tell it: what is short stands in quotes. Of what may be a secret, or is
 * long, it is said what it looks like and how long it is.
 */
export function redacted(value: unknown): Text {
  if (typeof value !== 'string') return both(isPrimitive(value) ? String(value) : typeof value);
  if (value.length > LONGEST_QUOTED) return describeSecret(value) ?? described(LOOKS.text, value);
  return describeSecret(value) ?? both(JSON.stringify(value));
}

/** The id of a merchant, a key or a certificate as a message may tell it: as it stands, if it is one. */
export function redactedId(id: string): Text {
  // A serial is hex in capitals, and may have as many digits as an APIv3 key.
  return SERIAL.test(id) ? both(id) : toldIf(ID, id);
}

/** Where a server is said to be, as a message may tell it: as it stands, if that may be. */
export function redactedOrigin(text: string): Text {
  return toldIf(ORIGIN, text);
}

/** What a text looks like, and how long it is, for a message that is to show nothing of it. */
export function describeText(text: string): Text {
  return described(lookOf(text) ?? LOOKS.text, text);
}

/** @returns what a text looks like, and how long it is, where it may be a secret or hold one; undefined where it may be shown */
export function describeSecret(text: string): Text | undefined {
  const look = lookOf(text);
  return look && described(look, text);
}

/**
 * Of a text that was given where a path belongs: why it is none. Whoever knows that there is such a file need not ask.
 *
 * @returns `a PEM text of 1704 characters, not a path`; undefined where it may be a path
 */
export function pathFault(text: string): Text | undefined {
  const look = describeSecret(text) ?? (isTooLong(text) ? described(LOOKS.text, text) : undefined);
  if (!look) return undefined;
  const { 'zh-CN': zh, en } = look;
  return { 'zh-CN': `${zh}，不是路径`, en: `${en}, not a path` };
}

/**
 * Whether a message may repeat a path that leads nowhere, where what belongs there is the path of a key: a password may stand
 * there by mistake, and looks like a file's name.
 */
export function isPlainPath(text: string): boolean {
  return pathFault(text) === undefined && (KEY_FILE.test(text) || ROOTED.test(text));
}

/** What the file system said, without the path that Node repeats in it: `ENOENT: no such file or directory`. */
export function fileErrorReason(error: unknown): string {
  if (!(error instanceof Error)) return withoutSecrets(String(error));
  const { code, message } = error as Error & { code?: string };
  const said = /^[A-Z][A-Z0-9]*: [^,']*/.exec(message)?.[0];
  return said ?? (code?.startsWith('ERR_') ? code : withoutSecrets(message));
}

/** An error of the file system without the path, in its message and in its properties: a cause, which is logged whole. */
export function withoutPath(error: unknown): Error {
  const { code } = error as { code?: string };
  return Object.assign(new Error(fileErrorReason(error)), code !== undefined && { code });
}

/** A library's message with no key and no data URL in it, cut to some hundred characters. */
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

/** A password that is too short to look like one has another form than what belongs there. */
function toldIf(form: RegExp, text: string): Text {
  return form.test(text) && !describeSecret(text) ? both(text) : describeText(text);
}

function described({ 'zh-CN': zh, en }: Text, { length }: string): Text {
  return { 'zh-CN': `一段 ${length} 个字符的${zh}`, en: `${en} of ${length} characters` };
}

function isPrimitive(value: unknown): boolean {
  return value === null || (typeof value !== 'object' && typeof value !== 'function');
}

function both(text: string): Text {
  return { 'zh-CN': text, en: text };
}

/** No file system has names of more bytes, and hardly any longer paths. */
function isTooLong(text: string): boolean {
  return (
    text.length > 4096 || text.split(/[/\\]/).some((name) => new TextEncoder().encode(name).length > 255)
  );
}

/**
 * Whether a text looks drawn by chance, as keys and passwords of machines are: letters and digits, just as many as an APIv3 key
 * has; or, between what separates the words of names, small and capital letters and digits in such a muddle as no name has.
 */
function isRandom(text: string): boolean {
  if (/^(?=.*\d)(?=.*[a-z])[0-9a-z]{32}$/i.test(text)) return true;
  if (BASE64.test(text) && isMuddle(text.replaceAll('/', ''))) return true;
  return text.split(/[^A-Za-z0-9+]/).some(isMuddle);
}

/** Of 16 bytes or more: a `/` in it divides no folders, and its words alone are too short to judge by. */
const BASE64 = /^[A-Za-z0-9+][A-Za-z0-9+/]{21,}={0,2}$/;

function isMuddle(word: string): boolean {
  const kinds = Array.from(word, (character) => KINDS.findIndex((kind) => kind.test(character)));
  const turns = kinds.filter((kind, at) => at > 0 && kind !== kinds[at - 1]).length;
  return word.length >= 20 && new Set(kinds).size >= 3 && turns / word.length > 0.42;
}

const KINDS = [/[a-z]/, /[A-Z]/, /\d/, /./];

/** What merchants, public keys and certificates are called by. */
const ID = /^(PUB_KEY_ID_)?[0-9A-Za-z]{1,64}$/;
const SERIAL = /^[0-9A-F]{8,40}$/;

/** A name with a dot in it, or a port or a protocol beside it. */
const ORIGIN =
  /^(https?:\/\/[a-z0-9.[\]:-]+|[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?|[a-z0-9.-]+:\d+)(\/[\w./-]{0,60})?$/i;

/** Files that keys are kept in, by their suffixes. */
const KEY_FILE = /^[^\p{Cc}]+\.(pem|key|crt|cer|cert|pub|der|p8|p12|pfx|txt|json)$/iu;

/** From a root or a folder of its own, through folders with plain names. */
const ROOTED = /^(~|\.{1,2}|[A-Za-z]:)?([\\/][\p{L}\p{N}_. -]{1,60}){2,}$/u;
