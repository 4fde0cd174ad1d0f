import { fill, type Language, type Text } from '@coupon-media/apiv3';
import type { ReceivedRequest } from '../journal/received-request.js';

/** Which upload a test expects. Without any of these, any upload is meant. */
export interface ExpectedUpload {
  /** SHA-256 of the image's bytes in hex. */
  sha256?: string | undefined;
  /** The filename in meta, or a pattern for it. */
  filename?: string | RegExp | undefined;
  /** How many times it was accepted. Default: at least once. */
  times?: number | undefined;
}

/** What matchers need of a sandbox. */
export interface Received {
  readonly requests: readonly ReceivedRequest[];
  readonly language: Language;
}

/** The result of a matcher, as vitest and jest expect it. */
export interface Judgement {
  readonly pass: boolean;
  message(): string;
}

/**
 * Judges whether a sandbox accepted an upload. The message lists what did arrive and, of a refused request, which mistake was made.
 */
export function judgeUploads({ requests, language }: Received, expected: ExpectedUpload): Judgement {
  // What the sandbox sent itself is nothing that the program has done.
  const matching = requests.filter(
    (request) =>
      request.outcome === 'SUCCESS' && request.replayOf === undefined && matches(request, expected),
  );
  const { times } = expected;
  const pass = times === undefined ? matching.length > 0 : matching.length === times;
  return {
    pass,
    message() {
      const head = fill((pass ? TEXTS.unexpected : TEXTS.expected)[language], language, {
        what: described(expected, language),
        times: times === undefined ? '' : fill(TEXTS.times[language], language, { n: times }),
        found: matching.length,
      });
      const arrived = requests.map((request) => `  ${lineOf(request, language)}`);
      return [head, ...(arrived.length > 0 ? arrived : [`  ${TEXTS.nothing[language]}`])].join('\n');
    },
  };
}

function matches({ upload }: ReceivedRequest, { sha256, filename }: ExpectedUpload): boolean {
  if (!upload) return false;
  if (sha256 !== undefined && upload.fileSha256 !== sha256.toLowerCase()) return false;
  if (filename === undefined) return true;
  return typeof filename === 'string'
    ? upload.filename === filename
    : upload.filename !== undefined &&
        new RegExp(filename.source, filename.flags.replace(/[gy]/g, '')).test(upload.filename);
}

function described({ sha256, filename }: ExpectedUpload, language: Language): string {
  const name = typeof filename === 'string' ? JSON.stringify(filename) : filename && String(filename);
  const parts = [...(name ? [name] : []), ...(sha256 === undefined ? [] : [`sha256 ${sha256}`])];
  return parts.length > 0 ? parts.join(', ') : TEXTS.any[language];
}

function lineOf(request: ReceivedRequest, language: Language): string {
  const { fileSha256, fileBytes } = request.upload ?? {};
  const file = fileSha256 === undefined ? '' : `\n      sha256 ${fileSha256}, ${fileBytes} B`;
  return `#${request.number} ${request.summary(language)}${file}`;
}

const TEXTS = {
  expected: {
    en: 'expected the sandbox to have accepted an upload ({what}){times}, and it accepted {found}. It received:',
    'zh-CN': '预期沙箱接受过上传（{what}）{times}，实际接受了 {found} 次。沙箱收到的请求：',
  },
  unexpected: {
    en: 'expected the sandbox not to have accepted an upload ({what}){times}, and it accepted {found}. It received:',
    'zh-CN': '预期沙箱没有接受过上传（{what}）{times}，实际接受了 {found} 次。沙箱收到的请求：',
  },
  times: { en: ' {n} {n:time|times}', 'zh-CN': '共 {n} 次' },
  any: { en: 'any', 'zh-CN': '任意图片' },
  nothing: { en: 'nothing', 'zh-CN': '没有收到任何请求' },
} as const satisfies Record<string, Text>;
