import { hosts } from '../endpoints.js';
import { otherCharsets } from './charsets.js';
import type { Facts, Lines } from './evidence.js';
import type { Mistake } from './findings.js';
import { jsonForms } from './json-forms.js';
import { latin1 } from './latin1.js';

/** One form in which a line may have been signed. Without a mistake, it is the right one. */
export interface Option {
  line: LineName;
  mistake?: Mistake;
  text: string;
}

export type LineName = keyof Lines;

/** The five lines in their order (contract 2.1). */
export const lineNames: readonly LineName[] = ['method', 'url', 'timestamp', 'nonce', 'body'];

/** @returns the forms in which a line may have been signed, without duplicates; the right one comes first, if it is known */
export function optionsOf(name: LineName, facts: Facts): Option[] {
  const right = facts.lines[name];
  const wrong = right === undefined && name !== 'body' ? [] : wrongs[name](right ?? '', facts);
  const all: Omit<Option, 'line'>[] = right === undefined ? wrong : [{ text: right }, ...wrong];
  const options = all.map((option) => ({ line: name, ...option }));
  return options.filter(({ text }, index) => options.findIndex((other) => other.text === text) === index);
}

/** One way to join the five lines. Without a mistake, it is the right one. */
export interface Assembly {
  mistake?: Mistake;
  join(lines: readonly string[]): string;
}

/** The ways to join the five lines, the right one first. */
export const assemblies: readonly Assembly[] = [
  { join: (lines) => `${lines.join('\n')}\n` },
  { mistake: 'lastLineFeedMissing', join: (lines) => lines.join('\n') },
  { mistake: 'lineFeedsWrong', join: (lines) => `${lines.join('\r\n')}\r\n` },
  { mistake: 'lineFeedsWrong', join: (lines) => `${lines.join('\\n')}\\n` },
  { mistake: 'lineFeedsWrong', join: (lines) => `${lines.join('\n')}\n\n` },
  { mistake: 'lineFeedsWrong', join: (lines) => lines.join('') },
  {
    mistake: 'lineOrderWrong',
    join: ([method, url, timestamp, nonce, body]) => `${method}\n${url}\n${nonce}\n${timestamp}\n${body}\n`,
  },
];

/** The table of mistakes: the wrong forms of each line. */
const wrongs: Readonly<Record<LineName, (right: string, facts: Facts) => WrongText[]>> = {
  method: (right) =>
    each('methodDiffers', [right.toLowerCase(), 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', '']),

  url: (right, { ownUrl, origin }) => [
    ...each('urlRewritten', ownUrl === undefined ? [] : [ownUrl]),
    ...each('queryLost', [right.replace(/\?.*/, '')]),
    ...each('hostInUrl', withHosts(right, origin === undefined ? hosts : [origin, ...hosts])),
    ...each('urlDiffers', [
      unescaped(right),
      encodeURI(right),
      encodeURI(unescaped(right)),
      `${right}/`,
      right.replace(/\/$/, ''),
      right.slice(1),
      right.replace(/^\/v3/, ''),
    ]),
  ],

  timestamp: (right) => {
    const seconds = Number(right);
    const near = Array.from({ length: 2 * NEAR_SECONDS }, (_, index) => seconds - NEAR_SECONDS + index);
    return each('timestampDiffers', [...near.map(String), `${right}000`, '']);
  },

  // Another random nonce cannot be guessed; these are the ways to spoil the right one.
  nonce: (right) => each('nonceDiffers', [right.toUpperCase(), right.toLowerCase(), '']),

  body: (right, { lines, isUpload, wholeBody, file, decodedMeta, ownMeta }) => [
    ...each('emptyBodySigned', ['']),
    ...each('wholeBodySigned', wholeBody === undefined ? [] : [wholeBody, decodedAndEncoded(wholeBody)]),
    ...each('fileSigned', file === undefined ? [] : [file]),
    ...each('partEncoded', decodedMeta === undefined ? [] : [decodedMeta]),
    ...each('charsetDiffers', otherCharsets(right)),
    ...(ownMeta === undefined ? [] : metaOfCaller(ownMeta, right)),
    ...each(isUpload ? 'metaReserialised' : 'bodyReserialised', jsonForms(right)),
    ...each('bodySignedWhereNone', lines.body === '' ? ['{}', 'null', 'undefined', '[]'] : []),
  ],
};

/** The meta that the caller has may have been sent in another encoding. */
function metaOfCaller(ownMeta: string, sent: string): WrongText[] {
  return each(otherCharsets(ownMeta).includes(sent) ? 'charsetDiffers' : 'metaReserialised', [ownMeta]);
}

/** A program that reads the clock twice does so within seconds. */
const NEAR_SECONDS = 5;

interface WrongText {
  mistake: Mistake;
  text: string;
}

function each(mistake: Mistake, texts: readonly string[]): WrongText[] {
  return texts.map((text) => ({ mistake, text }));
}

function withHosts(url: string, origins: readonly string[]): string[] {
  return origins.flatMap((origin) => [origin, origin.replace(/^https?:\/\//, '')]).map((host) => host + url);
}

function unescaped(url: string): string {
  try {
    return latin1(decodeURIComponent(url));
  } catch {
    return url;
  }
}

// The bytes that result if a program treats binary data as text.
function decodedAndEncoded(body: string): string {
  return latin1(Buffer.from(body, 'latin1').toString('utf8'));
}
