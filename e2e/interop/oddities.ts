/** The bytes of a request, with the particulars of an upload. Latin-1: one character is one byte. */
interface UploadBytes {
  header(name: string): string;
  /** Part headers by the name of the part, in the order of the parts. */
  parts: [name: string, headers: string][];
  body: string;
}

/** Differences from the form on the rules pages, each with its test. */
const ODDITIES: readonly ((upload: UploadBytes) => string | undefined | false)[] = [
  ({ header }) => notAForm(header('content-type')),
  ({ parts }) => otherParts(parts),
  ({ parts }) => parts[0]?.[0] === 'file' && 'file first',
  ({ parts }) => ofMeta(parts, /;\s*filename=/i, 'meta with a filename'),
  ({ parts }) => typeOf(parts, 'meta', 'application/json', 'meta'),
  ({ parts }) => typeOf(parts, 'file', 'image/png', 'file'),
  ({ parts }) => parts.some(([, part]) => /;\s*$/m.test(part)) && 'semicolon after the last parameter',
  ({ parts }) => parts.some(([, part]) => /;\S/.test(part)) && 'no space after semicolons',
  ({ parts }) => parts.some(([, part]) => /name=[^"]/.test(part)) && 'bare names',
  ({ parts }) => parts.some(([, part]) => /; filename.*; name=/.test(part)) && 'filename before name',
  ({ parts }) => filenameOf(parts),
  ({ parts }) => parts.some(([, part]) => /^content-length:/im.test(part)) && 'parts with Content-Length',
  ({ parts }) => transferEncodings(parts),
  ({ parts }) => rareHeaders(parts),
  ({ header }) => isForm(header) && boundaryOf(header('content-type')),
  ({ header, body }) => isForm(header) && /^[^-]/.test(body) && 'a preamble',
  ({ header }) => header('transfer-encoding') === 'chunked' && 'chunked',
  ({ header, body }) => isForm(header) && ending(body),
  ({ header }) => header('expect') !== '' && `Expect: ${header('expect')}`,
  ({ header }) => header('accept') === '' && 'no Accept',
  ({ header }) => header('user-agent') === '' && 'no User-Agent',
  ({ header }) => header('connection').toLowerCase() === 'close' && 'Connection: close',
  ({ header }) => header('mime-version') !== '' && 'MIME-Version',
  ({ header }) => header('accept-language') !== '' && `Accept-Language: ${header('accept-language')}`,
  ({ header }) => isSigned(header) && header('wechatpay-serial') === '' && 'no Wechatpay-Serial',
  ({ header }) => isSigned(header) && authorizationOrder(header('authorization')),
  ({ header }) => /", /.test(header('authorization')) && 'spaces in Authorization',
  ({ header }) => isSigned(header) && nonceLength(header('authorization')),
];

/**
 * @param chinese the same client's upload of 头图.png
 * @returns descriptions of what is unusual about a request's bytes
 */
export function oddities(request: Buffer, chinese?: Buffer): string[] {
  const upload = takeApart(request.toString('latin1'));
  const found = ODDITIES.map((tell) => tell(upload)).filter((oddity): oddity is string => Boolean(oddity));
  const name = chinese && chineseName(takeApart(chinese.toString('latin1')).parts);
  return name === undefined ? found : [...found, name];
}

/** The headers that contract 1.2 requires and that a client did not send. */
export function missingHeaders(request: Buffer): string[] {
  const { header } = takeApart(request.toString('latin1'));
  return ['Accept', 'User-Agent'].filter((name) => header(name) === '');
}

type Header = UploadBytes['header'];

function isSigned(header: Header): boolean {
  return header('authorization') !== '';
}

function isForm(header: Header): boolean {
  return header('content-type').startsWith('multipart/');
}

function notAForm(contentType: string): string | false {
  return !contentType.startsWith('multipart/form-data') && `no form: ${contentType.split(';')[0]}`;
}

function otherParts(parts: Parts): string | false {
  const others = parts.map(([name]) => name).filter((name) => name !== 'meta' && name !== 'file');
  return others.length > 0 && `parts named ${others.join(', ')}`;
}

/** How a client writes 头图.png as the filename of the file part. All are accepted: the name is read from meta. */
function chineseName(parts: Parts): string | undefined {
  const [, file = ''] = parts.find(([name]) => name === 'file') ?? [];
  const forms: [RegExp, string][] = [
    [/filename="?=\?utf-8\?/i, 'a Chinese name in MIME words'],
    [/filename\*=/i, 'a Chinese name by filename*'],
    [/filename="[^"]*%E5%A4%B4/i, 'a Chinese name escaped by %'],
    [/filename="[^"]*\\345/, 'a Chinese name in octal digits'],
    [/filename="[^"]*\?\?\.png"/, 'a Chinese name as ??'],
    [/filename="[^"]*\xc3\xa5/, 'a Chinese name encoded twice'],
    [/filename="[^"]*\//, 'the whole path as filename'],
  ];
  return forms.find(([form]) => form.test(file))?.[1];
}

function takeApart(text: string): UploadBytes {
  const end = text.indexOf('\r\n\r\n');
  const head = text.slice(0, end);
  const header = (name: string) => new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1]?.trim() ?? '';
  const sent = text.slice(end + 4);
  const body = header('transfer-encoding') === 'chunked' ? withoutChunks(sent) : sent;
  const parts = [...body.matchAll(/(?<=^--.+\r\n)(?:[\w-]+:.*\r\n)+/gim)].map(([part]): [string, string] => [
    /[;\s]name="?([^";\r]*)/.exec(part)?.[1] ?? '',
    part.trimEnd(),
  ]);
  return { body, header, parts };
}

function withoutChunks(text: string): string {
  let body = '';
  for (let at = 0; ; ) {
    const lineEnd = text.indexOf('\r\n', at);
    const length = Number.parseInt(text.slice(at, lineEnd), 16);
    if (!(length > 0)) return body;
    body += text.slice(lineEnd + 2, lineEnd + 2 + length);
    at = lineEnd + 2 + length + 2;
  }
}

type Parts = UploadBytes['parts'];

function ofMeta(parts: Parts, pattern: RegExp, oddity: string): string | false {
  return parts.some(([name, part]) => name === 'meta' && pattern.test(part)) && oddity;
}

function typeOf(parts: Parts, part: string, usual: string, what: string): string | false {
  const [, headers = ''] = parts.find(([name]) => name === part) ?? [];
  const type = /^content-type: *(.*)$/im.exec(headers)?.[1]?.trim();
  return (
    headers !== '' && type !== usual && `${what} ${type === undefined ? 'without a type' : `as ${type}`}`
  );
}

function filenameOf(parts: Parts): string | false {
  const [, file = ''] = parts.find(([name]) => name === 'file') ?? [];
  const kinds: [RegExp, string][] = [
    [/filename\*=/, 'filename*'],
    [/filename="[^"]*%22/, 'filename with %22'],
    [/filename="(?:[^"\\]|\\.)*\\"/, 'filename with \\"'],
    [/[\x80-\xff]/, 'raw UTF-8 in a filename'],
  ];
  const found = kinds.filter(([kind]) => kind.test(file)).map(([, words]) => words);
  return found.length > 0 && found.join(', ');
}

function transferEncodings(parts: Parts): string | false {
  const found = parts.flatMap(
    ([, part]) => /^content-transfer-encoding: *(.*)$/im.exec(part)?.[1]?.trim() ?? [],
  );
  return found.length > 0 && `Content-Transfer-Encoding: ${[...new Set(found)].join(', ')}`;
}

/** Headers of parts, and parameters, that no sample of the rules pages has. */
function rareHeaders(parts: Parts): string | false {
  const found = parts.flatMap(([, part]) => [
    ...part.matchAll(/^(?:content-id|mime-version|accept-encoding)(?=:)|[\w-]+-date(?==)/gim),
  ]);
  return found.length > 0 && `parts with ${[...new Set(found.map(([name]) => name))].join(', ')}`;
}

function boundaryOf(contentType: string): string | false {
  const [, boundary] = /boundary=([^;]*)/.exec(contentType) ?? [];
  if (boundary === undefined) return 'no boundary parameter';
  if (boundary.startsWith('"')) return 'quoted boundary';
  return boundary.startsWith('-') && 'boundary of dashes';
}

function ending(body: string): string | false {
  if (body.endsWith('--\r\n')) return false;
  return body.endsWith('--') ? 'no CRLF at the end' : 'an epilogue';
}

/** The order in the example of the rules pages (contract 2.4). */
const USUAL_ORDER = 'mchid, nonce_str, signature, timestamp, serial_no';

function authorizationOrder(authorization: string): string | false {
  const order = [...authorization.matchAll(/([a-z_]+)="/g)].map(([, field]) => field).join(', ');
  return order !== USUAL_ORDER && `Authorization in the order ${order}`;
}

function nonceLength(authorization: string): string | false {
  const length = /nonce_str="([^"]*)"/.exec(authorization)?.[1]?.length;
  return length !== 32 && `nonce of ${length} characters`;
}
