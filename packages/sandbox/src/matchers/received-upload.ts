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
  /** Its origins, which a failure names if nothing arrived. */
  readonly hosts: readonly string[];
}

/** The result of a matcher, as vitest and jest expect it. */
export interface Judgement {
  readonly pass: boolean;
  message(): string;
}

/**
 * Judges whether a sandbox accepted an upload. The message lists what did arrive and, of a refused request, which mistake was made.
 */
export function judgeUploads({ requests, language, hosts }: Received, expected: ExpectedUpload): Judgement {
  const accepted = requests.filter(
    (request) =>
      request.upload && request.outcome === 'SUCCESS' && differences(request, expected).length === 0,
  );
  const { times } = expected;
  const found = accepted.length;
  const pass = times === undefined ? found > 0 : found === times;
  return {
    pass,
    message() {
      // No upload is what `times: 0` expects, and what a negated matcher without `times` does.
      const kind = pass === (times !== 0) ? 'unexpected' : 'expected';
      const counted = times === undefined || times === 0 ? kind : (`${kind}Times` as const);
      const values = { of: described(expected, language), n: times ?? 0, found };
      const head = fill(TEXTS[counted][language], language, values);
      return [head, ...listed(requests, expected, language, hosts).map((line) => `  ${line}`)].join('\n');
    },
  };
}

type Difference = 'replay' | 'filename' | 'sha256';

/** @returns in what an upload is not the expected one */
function differences(
  { upload, replayOf }: ReceivedRequest,
  { sha256, filename }: ExpectedUpload,
): Difference[] {
  return [
    // What the sandbox sent itself is nothing that the program has done.
    ...(replayOf === undefined ? [] : (['replay'] as const)),
    ...(filename === undefined || isNamed(upload?.filename, filename) ? [] : (['filename'] as const)),
    ...(sha256 === undefined || upload?.fileSha256 === sha256.toLowerCase() ? [] : (['sha256'] as const)),
  ];
}

function isNamed(name: string | undefined, wanted: string | RegExp): boolean {
  if (name === undefined || typeof wanted === 'string') return name === wanted;
  return new RegExp(wanted.source, wanted.flags.replace(/[gy]/g, '')).test(name);
}

function described({ sha256, filename }: ExpectedUpload, language: Language): string {
  const name = typeof filename === 'string' ? JSON.stringify(filename) : String(filename);
  return [
    ...(filename === undefined ? [] : [fill(TEXTS.ofName[language], language, { name })]),
    ...(sha256 === undefined ? [] : [fill(TEXTS.ofDigest[language], language, { sha256 })]),
  ].join('');
}

/** Requests that a failure lists, the newest. */
const LISTED = 20;

function listed(
  requests: readonly ReceivedRequest[],
  expected: ExpectedUpload,
  language: Language,
  hosts: readonly string[],
): string[] {
  if (requests.length === 0) return [fill(TEXTS.nothing[language], language, { origins: hosts.join(', ') })];
  const earlier = requests.length - LISTED;
  return [
    ...(earlier > 0 ? [fill(TEXTS.earlier[language], language, { n: earlier })] : []),
    ...requests.slice(-LISTED).flatMap((request) => linesOf(request, expected, language)),
  ];
}

/** A request, and on a line of their own the bytes of its upload, with what keeps an accepted one from being the expected one. */
function linesOf(request: ReceivedRequest, expected: ExpectedUpload, language: Language): string[] {
  const line = `#${request.number} ${request.summary(language)}`;
  const { fileSha256, fileBytes } = request.upload ?? {};
  if (fileSha256 === undefined) return [line];
  const other = request.outcome === 'SUCCESS' ? differences(request, expected) : [];
  const notes = other.map((difference) => TEXTS[difference][language]).join(', ');
  return [line, `    sha256 ${fileSha256}, ${fileBytes} B${notes && ` (${notes})`}`];
}

const TEXTS = {
  expected: {
    en: 'expected the sandbox to accept an upload{of}, and it accepted none. It received:',
    'zh-CN': '预期沙箱接受过上传{of}，实际没有。沙箱收到的请求：',
  },
  expectedTimes: {
    en: 'expected the sandbox to accept {n} {n:upload|uploads}{of}, and it accepted {found}. It received:',
    'zh-CN': '预期沙箱接受过 {n} 次上传{of}，实际 {found} 次。沙箱收到的请求：',
  },
  unexpected: {
    en: 'expected the sandbox to accept no upload{of}, and it accepted {found}. It received:',
    'zh-CN': '预期沙箱没有接受过上传{of}，实际接受了 {found} 次。沙箱收到的请求：',
  },
  unexpectedTimes: {
    en: 'expected the sandbox to accept any other number of uploads{of} than {n}. It received:',
    'zh-CN': '预期沙箱接受上传{of}的次数不是 {n} 次，实际正是。沙箱收到的请求：',
  },
  ofName: { en: ' of {name}', 'zh-CN': '（文件名 {name}）' },
  ofDigest: { en: ' with sha256 {sha256}', 'zh-CN': '（摘要 sha256 为 {sha256}）' },
  filename: { en: 'another filename', 'zh-CN': '文件名不同' },
  sha256: { en: 'another sha256', 'zh-CN': 'sha256 不同' },
  replay: { en: 'not counted: the sandbox sent it', 'zh-CN': '不计入：由沙箱重放' },
  earlier: {
    en: '({n} earlier {n:request is|requests are} in sandbox.requests)',
    'zh-CN': '（更早的 {n} 个请求见 sandbox.requests）',
  },
  nothing: {
    en: 'nothing at {origins}. Check which address the program calls',
    'zh-CN': '没有收到任何请求，沙箱地址：{origins}。请检查程序调用的地址',
  },
} as const satisfies Record<string, Text>;
