import { filled, type Text, type TextValues } from '../text.js';
import { declaredBoundary, type Form, usedBoundary } from './form.js';

/** Why the service finds no meta in a body, and what to change. */
export interface NoMeta {
  why: Text;
  cure: Text;
}

/** What is known of the request in which no meta is found. */
export interface FormEvidence {
  /** The header of the request; undefined if the headers are not known, empty if it was not sent. */
  contentType: string | undefined;
  contentEncoding: string | undefined;
  /** Latin-1 text; undefined if the body is not known. */
  body: string | undefined;
  form: Form | undefined;
}

/** Says why no meta is found: the first row that fits, in the order in which a reader of forms meets them. */
export function whyNoMeta(evidence: FormEvidence): NoMeta {
  for (const { why, cure, fits } of ROWS) {
    const values = fits(evidence);
    if (values) return { why: filled(why, values), cure: filled(cure, values) };
  }
  return { why: UNKNOWN.why, cure: UNKNOWN.cure };
}

interface Row extends NoMeta {
  /** @returns the values of the texts if the row fits */
  fits(evidence: FormEvidence): TextValues | undefined | false;
}

const FORM: Text = {
  'zh-CN': '以 multipart/form-data 发送，包含名为 meta 和 file 的两个部分',
  en: 'Send multipart/form-data with two parts named meta and file',
};

const UNKNOWN: NoMeta = {
  why: { 'zh-CN': '', en: '' },
  cure: {
    'zh-CN': `${FORM['zh-CN']}；Content-Type 中的 boundary 与请求体一致`,
    en: `${FORM.en}, and a Content-Type whose boundary is that of the body`,
  },
};

const ROWS: readonly Row[] = [
  {
    fits: ({ body }) => body === '' && {},
    why: { 'zh-CN': '：请求体为空', en: ': the body is empty' },
    cure: {
      'zh-CN': `${FORM['zh-CN']}；检查流是否已被读完，以及重定向或代理是否去掉了请求体`,
      en: `${FORM.en}; check whether the stream had been read before, and whether a redirect or a proxy dropped the body`,
    },
  },
  {
    fits: ({ contentEncoding = '' }) => !/^(|identity)$/i.test(contentEncoding) && { contentEncoding },
    why: {
      'zh-CN': '：请求体用 {contentEncoding} 压缩过，而服务端不解压',
      en: ': the body is compressed ({contentEncoding}), and the service does not decompress it',
    },
    cure: {
      'zh-CN': '关闭 HTTP 库对请求体的压缩，不要发送 Content-Encoding',
      en: 'Switch off the compression of requests in the HTTP library, and send no Content-Encoding',
    },
  },
  {
    fits: ({ contentType }) => contentType === '' && {},
    why: { 'zh-CN': '：请求没有 Content-Type', en: ': the request has no Content-Type' },
    cure: {
      'zh-CN':
        '发送 Content-Type: multipart/form-data; boundary=…，boundary 与请求体一致；最好由 HTTP 库自己设置',
      en: 'Send Content-Type: multipart/form-data; boundary=…, with the boundary of the body; let the HTTP library set it if it can',
    },
  },
  {
    fits: ({ contentType = '' }) =>
      /^\s*multipart\/(?!form-data)/i.test(contentType) && { type: typeOf(contentType) },
    why: {
      'zh-CN': '：Content-Type 是 {type}，不是 multipart/form-data',
      en: ': the Content-Type is {type}, not multipart/form-data',
    },
    cure: {
      'zh-CN':
        'OkHttp：new MultipartBody.Builder().setType(MultipartBody.FORM)；其他库把类型设为 multipart/form-data',
      en: 'OkHttp: new MultipartBody.Builder().setType(MultipartBody.FORM); with other libraries, set the type multipart/form-data',
    },
  },
  {
    fits: ({ contentType = '', form }) =>
      isNoForm(contentType) &&
      form?.meant.some(({ headers }) => /^content-disposition:/im.test(headers)) && {
        type: typeOf(contentType),
      },
    why: {
      'zh-CN': '：请求体是表单，而 Content-Type 是 {type}',
      en: ': the body is a form, but the Content-Type is {type}',
    },
    cure: {
      'zh-CN': '不要自己设置 Content-Type，由 HTTP 库写成 multipart/form-data; boundary=…',
      en: 'Set no Content-Type yourself, so that the HTTP library writes multipart/form-data; boundary=…',
    },
  },
  {
    fits: ({ contentType = '' }) => isNoForm(contentType) && { type: typeOf(contentType) },
    why: {
      'zh-CN': '：请求体不是表单，Content-Type 是 {type}',
      en: ': the body is no form, and the Content-Type is {type}',
    },
    cure: {
      'zh-CN': `${FORM['zh-CN']}，而不是 JSON、键值对或文件本身；curl 用 -F，axios 和 fetch 用 FormData`,
      en: `${FORM.en}, not JSON, pairs of names and values, or the file itself; use -F with curl, FormData with axios and fetch`,
    },
  },
  {
    fits: ({ body }) => body !== undefined && usedBoundary(body)?.endsInLineFeed && {},
    why: {
      'zh-CN': '：表单各行只以 LF（\\n）结束，而不是 CRLF（\\r\\n）',
      en: ': the lines of the form end in LF (\\n) alone, not in CRLF (\\r\\n)',
    },
    cure: {
      'zh-CN': '分隔行、部分的头和空行都以 \\r\\n 结束；如果是保存抓包时换行被改了，请保存原始字节',
      en: 'End boundaries, headers of parts and empty lines with \\r\\n; if the capture was saved as text, save its raw bytes',
    },
  },
  {
    fits: ({ contentType, body }) => {
      const declared = contentType === undefined ? undefined : declaredBoundary(contentType);
      const used = body === undefined ? undefined : usedBoundary(body)?.boundary;
      return declared !== undefined && used !== undefined && declared !== used && { declared, used };
    },
    why: {
      'zh-CN': '：Content-Type 声明的 boundary 是 {declared}，请求体用的是 {used}',
      en: ': the Content-Type declares the boundary {declared}, and the body uses {used}',
    },
    cure: {
      'zh-CN': '两处用同一个 boundary；不要自己设置 Content-Type，由 HTTP 库写',
      en: 'Use one boundary in both; set no Content-Type yourself, so that the HTTP library writes it',
    },
  },
  {
    fits: ({ form }) => {
      const names = (form?.parts.length ? form.parts : (form?.meant ?? [])).map(({ name = '?' }) => name);
      return (
        names.length > 0 && !names.includes('meta') && { names: [...new Set(names)].slice(0, 8).join(', ') }
      );
    },
    why: { 'zh-CN': '：各部分的名字是 {names}', en: ': its parts are named {names}' },
    cure: {
      'zh-CN':
        '用一个名为 meta 的部分发送 JSON 文本（axios：form.append("meta", JSON.stringify(meta))，不要传对象），名字区分大小写',
      en: 'Send the JSON text as one part named meta (axios: form.append("meta", JSON.stringify(meta)), not an object); the case of the name matters',
    },
  },
  {
    fits: ({ form }) => (form?.fault === undefined ? undefined : { fault: form.fault }),
    why: {
      'zh-CN': '：表单不完整或格式错误（{fault}）',
      en: ': the form is cut short or malformed ({fault})',
    },
    cure: UNKNOWN.cure,
  },
];

function isNoForm(contentType: string): boolean {
  return contentType !== '' && !/^\s*multipart\/form-data\s*(;|$)/i.test(contentType);
}

function typeOf(contentType: string): string {
  return contentType.split(';', 1).join('').trim().slice(0, 80);
}
