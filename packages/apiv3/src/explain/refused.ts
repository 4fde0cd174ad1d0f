import { IMAGE_BYTES_LIMIT, uploadEndpoints } from '../endpoints.js';
import { isRefusalName, Refusal, type RefusalName } from '../errors.js';
import { inspectImage } from '../image.js';
import { META_BYTES_LIMIT, readMeta } from '../meta.js';
import { sha256Hex } from '../signature.js';
import { both, filled, type Text } from '../text.js';
import type { Facts } from './evidence.js';
import { type Finding, finding } from './findings.js';

/**
 * Judges an upload whose signature is right as the service judges it besides (contract 5.2), if the whole request was captured,
 * headers included. What only the service knows is left out: permissions, rates, revoked certificates and nonces.
 *
 * @returns the refusal that follows; undefined if nothing known speaks against the upload
 */
export function refusedOtherwise(facts: Facts): Finding | undefined {
  const http = facts.header && HTTP.find(({ breaks }) => breaks(facts));
  if (http) return finding('refusedOtherwise', true, { why: http.why, because: both(''), cure: http.cure });
  try {
    judge(facts);
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { refusal, row, context } = error;
    const { issue } = context.detail ?? {};
    const because = typeof issue === 'string' ? filled(BECAUSE, { issue }) : both('');
    const why = filled(row.message, context.values ?? {});
    return finding('refusedOtherwise', true, {
      why,
      because,
      cure: (isRefusalName(refusal) && CURES[refusal]) || CHECK_PARAMETERS,
    });
  }
}

const BECAUSE: Text = { 'zh-CN': '（{issue}）', en: ' ({issue})' };

/** What is wrong with the request as HTTP, so that it is refused before anybody looks at its signature. */
const HTTP: readonly { breaks(facts: Facts): unknown; why: Text; cure: Text }[] = [
  {
    breaks: ({ header }) => header?.('host') === undefined,
    why: {
      'zh-CN': '没有 Host 头，而 HTTP/1.1 要求有',
      en: 'the Host header is missing, which HTTP/1.1 requires',
    },
    cure: { 'zh-CN': '发送一个 Host 头', en: 'Send one Host header' },
  },
  {
    breaks: ({ header, wholeBody }) =>
      wholeBody && header?.('content-length') === undefined && header?.('transfer-encoding') === undefined,
    why: {
      'zh-CN': '既没有 Content-Length 也没有 Transfer-Encoding，服务端会认为没有请求体',
      en: 'without Content-Length and Transfer-Encoding, the service takes it for a request without a body',
    },
    cure: { 'zh-CN': '由 HTTP 库设置 Content-Length', en: 'Let the HTTP library set Content-Length' },
  },
  {
    breaks: ({ header, wholeBody = '', hadChunkFraming }) => {
      const coding = header?.('transfer-encoding');
      if (coding === undefined) return false;
      // Many tools show a body without its framing, so that it begins with the form's own first line.
      return !/^chunked$/i.test(coding) || (!hadChunkFraming && !wholeBody.startsWith('--'));
    },
    why: { 'zh-CN': '分块传输的格式不正确', en: 'the framing of its chunks is malformed' },
    cure: {
      'zh-CN': '由 HTTP 库分块，或改用 Content-Length',
      en: 'Let the HTTP library write chunks, or use Content-Length',
    },
  },
  {
    breaks: ({ header, wholeBody = '' }) => {
      const length = header?.('content-length');
      return length !== undefined && Number(length) !== wholeBody.length;
    },
    why: { 'zh-CN': 'Content-Length 与请求体的长度不同', en: 'Content-Length is not the length of the body' },
    cure: {
      'zh-CN': '由 HTTP 库计算 Content-Length；抓包要保存完整的原始字节',
      en: 'Let the HTTP library compute Content-Length; a capture must have all raw bytes',
    },
  },
];

/** @throws Refusal */
function judge({ lines, header, wholeBody, form }: Facts): void {
  const path = lines.url?.split('?', 1)[0];
  const endpoint = uploadEndpoints.find((row) => row.path === path);
  if (!endpoint || !header || wholeBody === undefined || !form) return;
  const [meta, otherMeta] = form.parts.filter(({ name }) => name === 'meta');
  if (meta === undefined) return;
  if (meta.content.length > META_BYTES_LIMIT) refuse('metaMalformed', `more than ${META_BYTES_LIMIT} bytes`);
  const { sha256 } = readMeta(Buffer.from(meta.content, 'latin1'), endpoint.filenameLimit);
  const [file, otherFile] = form.parts.filter(({ name }) => name === 'file');
  if (otherMeta || otherFile) {
    throw new Refusal('partRepeated', { values: { part: otherMeta ? 'meta' : 'file' } });
  }
  if (form.fault !== undefined) refuse('formMalformed', form.fault);
  if (!file) {
    throw new Refusal('parameterMissing', { values: { source: '/body/file', label: '图片文件' } });
  }
  const bytes = Buffer.from(file.content, 'latin1');
  if (bytes.length > IMAGE_BYTES_LIMIT) refuse('fileTooLarge');
  if (bytes.length === 0) refuse('fileEmpty');
  const image = inspectImage(bytes);
  if (typeof image === 'string') refuse(image);
  const digest = sha256Hex(bytes);
  if (digest !== sha256) refuse('digestWrong', `${sha256} ≠ ${digest}`);
}

function refuse(refusal: RefusalName, issue?: string): never {
  throw new Refusal(refusal, issue === undefined ? {} : { detail: { issue } });
}

const CHECK_PARAMETERS: Text = {
  'zh-CN': '按上面的说明修正该参数，再重新签名',
  en: 'Correct this parameter, and sign again',
};

/** What to do about the refusals whose message does not say it. */
const CURES: Readonly<Partial<Record<RefusalName, Text>>> = {
  formMalformed: {
    'zh-CN':
      '完整发送请求体，以 --boundary-- 结束；Content-Length 与请求体一致，由 HTTP 库计算；抓包要保存完整的原始字节',
    en: 'Send the whole body with its last --boundary--, and let the HTTP library compute Content-Length; a capture must have all raw bytes',
  },
  parameterMissing: {
    'zh-CN': '补上缺少的部分或字段：表单要有 meta 和 file，meta 要有 filename 和 sha256',
    en: 'Add what is missing: a form has meta and file, and meta has filename and sha256',
  },
  metaMalformed: {
    'zh-CN': 'meta 应为 UTF-8 编码的 JSON 对象原文，不加引号、不做 Base64 或 URL 编码',
    en: 'Send meta as the text of a JSON object in UTF-8: not quoted as a string, not in base64, not URL-encoded',
  },
  digestWrong: {
    'zh-CN': '对 file 部分实际发送的字节计算 SHA-256；检查库是否改动了文件（Base64、文本模式、压缩）',
    en: 'Compute SHA-256 of the bytes of the file part as sent; check whether a library alters the file (base64, text mode, compression)',
  },
  imageKindUnknown: {
    'zh-CN': '以原始字节发送 JPG、PNG 或 BMP 图片：不是 Base64，也不是按文本读取的内容',
    en: 'Send the raw bytes of a JPG, PNG or BMP image: not base64, and not what was read as text',
  },
};
