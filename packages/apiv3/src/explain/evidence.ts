import type { SchemeName } from '../authorization.js';
import { uploadEndpoints } from '../endpoints.js';
import type { Certificate, PrivateKey } from '../keys.js';
import type { SignInformation } from '../request.js';
import { type Finding, finding } from './findings.js';

/** What is known of a refused request. Every field is optional; explain cannot judge what is missing. */
export interface Evidence {
  /** HTTP method as sent. */
  method?: string | undefined;
  /** URL as sent: absolute, or path and query. */
  url?: string | undefined;
  /** The `Authorization` header; empty if it was not sent. */
  authorization?: string | undefined;
  /** The body as sent; for an upload, the whole multipart form. 2 MiB take up to a second. Empty if there was none. */
  body?: string | Uint8Array | undefined;
  /** The meta of an upload as sent, if the whole body is not at hand. It takes milliseconds. */
  meta?: string | Uint8Array | undefined;
  /** The signed string, if a log has it. */
  signedMessage?: string | Uint8Array | undefined;
  /** `detail.sign_information` of the SIGN_ERROR: what the service verified (contract 5.4). */
  signInformation?: Partial<SignInformation> | undefined;
  /** The merchant's API certificate: `apiclient_cert.pem`. */
  certificate?: Certificate | undefined;
  /** The merchant's private key: `apiclient_key.pem`. */
  privateKey?: PrivateKey | undefined;
  /** A platform certificate, to see whether it was mistaken for the merchant's. */
  platformCertificate?: Certificate | undefined;
  /** The caller's clock when the request was sent, Unix seconds. */
  now?: number | undefined;
  /** The service's clock when it answered, Unix seconds: the response's `Date` header. */
  serverNow?: number | undefined;
}

/** The lines that should have been signed, as far as they are known. They are Latin-1 text: one character per byte. */
export interface Lines {
  method: string | undefined;
  url: string | undefined;
  timestamp: string | undefined;
  nonce: string | undefined;
  /** For an upload, this is meta. */
  body: string | undefined;
}

/** The evidence in the form that the checks read. */
export interface Facts {
  lines: Lines;
  /** The header, parsed leniently. */
  authorization: LooseAuthorization | undefined;
  /** The scheme that the endpoint requires, if the URL is known. */
  scheme: SchemeName | undefined;
  /** Path and query as the caller has them. */
  ownUrl: string | undefined;
  /** The origin of the URL: `https://api.mch.weixin.qq.com`. */
  origin: string | undefined;
  isUpload: boolean;
  wholeBody: string | undefined;
  file: string | undefined;
  /** Meta as the caller gave it. */
  ownMeta: string | undefined;
  /** Bytes of the body that the service verified. */
  verifiedBodyLength: number | undefined;
  /** The findings made while the evidence was read. */
  findings: Finding[];
}

/** An Authorization header of any form: the text before the first space, and the first occurrence of each field. */
export interface LooseAuthorization {
  type: string;
  fields: ReadonlyMap<string, string>;
}

export function gather(evidence: Evidence): Facts {
  const verified = readSignInformation(evidence.signInformation);
  const authorization = evidence.authorization ? readLoosely(evidence.authorization) : undefined;
  const ownUrl = evidence.url === undefined ? undefined : requestTarget(evidence.url);
  const url = verified?.url ?? ownUrl;
  const method = (evidence.method ?? verified?.method)?.toUpperCase();
  const sent = sentBody(evidence, { method, url, verifiedLength: verified?.bodyLength });
  return {
    ...sent,
    lines: {
      method,
      url,
      timestamp: authorization?.fields.get('timestamp') ?? verified?.timestamp,
      nonce: authorization?.fields.get('nonce_str') ?? verified?.nonce,
      body: sent.body,
    },
    authorization,
    scheme: url === undefined ? undefined : url.startsWith('/brand/') ? 'brand' : 'merchant',
    ownUrl,
    origin: ORIGIN.exec(evidence.url ?? '')?.[0],
    verifiedBodyLength: verified?.bodyLength,
    findings: [
      ...(ownUrl !== undefined && url !== ownUrl
        ? [finding('urlRewritten', true, { seen: String(url), own: ownUrl })]
        : []),
      ...sent.findings,
    ],
  };
}

/** Converts bytes to text of one character each, so that lines of any encoding can be joined and compared. */
export function latin1(bytes: string | Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

/** Path and query, as they go into a request's first line. */
function requestTarget(url: string): string {
  const [target = ''] = url.replace(ORIGIN, '').split('#', 1);
  return target.startsWith('/') ? target : `/${target}`;
}

const ORIGIN = /^https?:\/\/[^/?#]*/i;

function readLoosely(header: string): LooseAuthorization {
  const [type = ''] = header.split(/\s/, 1);
  const fields = new Map<string, string>();
  for (const [, name = '', value = ''] of header
    .slice(0, LONGEST_HEADER)
    .matchAll(/([a-z_]+)\s*=\s*"?([^",\s]*)/gi)) {
    if (!fields.has(name)) fields.set(name, value);
  }
  return { type, fields };
}

const LONGEST_HEADER = 4096;

interface VerifiedLines {
  method: string;
  url: string;
  timestamp: string;
  nonce: string;
  bodyLength: number;
}

// The value comes from the JSON of a response: fields of another form are ignored.
function readSignInformation(information: Partial<SignInformation> | undefined): VerifiedLines | undefined {
  const { sign_message_length: length, truncated_sign_message: message } = information ?? {};
  if (typeof length !== 'number' || typeof message !== 'string') return undefined;
  const head = /^(.*)\n(.*)\n(.*)\n(.*)\n/.exec(message);
  if (!head) return undefined;
  const [whole, method = '', url = '', timestamp = '', nonce = ''] = head;
  return { method, url, timestamp, nonce, bodyLength: length - Buffer.byteLength(whole) - 1 };
}

type SentBody = Pick<Facts, 'isUpload' | 'wholeBody' | 'file' | 'ownMeta' | 'findings'> & Pick<Lines, 'body'>;

interface BodyContext {
  method: string | undefined;
  url: string | undefined;
  verifiedLength: number | undefined;
}

function sentBody(evidence: Evidence, { method, url, verifiedLength }: BodyContext): SentBody {
  const wholeBody = evidence.body === undefined ? undefined : latin1(evidence.body);
  const ownMeta = evidence.meta === undefined ? undefined : latin1(evidence.meta);
  const parts = wholeBody === undefined ? undefined : findParts(wholeBody);
  const [path] = (url ?? '').split('?', 1);
  const isUpload =
    ownMeta !== undefined ||
    parts !== undefined ||
    uploadEndpoints.some((endpoint) => endpoint.path === path);
  const bodyless = method === 'GET' || verifiedLength === 0 ? '' : undefined;
  const body = isUpload ? (parts?.meta ?? ownMeta) : (wholeBody ?? bodyless);
  const findings: Finding[] = [];
  if (isUpload && (verifiedLength === 0 || (wholeBody !== undefined && parts?.meta === undefined))) {
    findings.push(finding('metaNotFound', true));
  } else if (body !== undefined && verifiedLength !== undefined && verifiedLength !== body.length) {
    findings.push(finding('bodyLengthDiffers', true, { seen: verifiedLength, own: body.length }));
  }
  return { body, isUpload, wholeBody, file: parts?.file, ownMeta, findings };
}

/** The two parts of an upload's form, as far as they are found, as Latin-1 text: one character per byte. */
interface FoundParts {
  meta?: string;
  file?: string;
}

/**
 * Finds meta and file in a multipart body by the names of the parts (contract 4.3); the first `--` line gives the boundary
 * (contract 4.5). It is good enough to inspect a failed request; the service uses a stricter parser.
 *
 * @returns undefined if the body is not a multipart form
 */
function findParts(body: string): FoundParts | undefined {
  const delimiter = /(?:^|\r\n)(--[^\r\n]{1,70})\r\n/.exec(body)?.[1];
  if (delimiter === undefined) return undefined;
  const parts: FoundParts = {};
  for (const part of `\r\n${body}`.split(`\r\n${delimiter}`)) {
    const headersEnd = part.indexOf('\r\n\r\n');
    const headers = part.slice(0, Math.max(headersEnd, 0));
    const name = /[;\s]name="?(meta|file)(?=["\s;]|$)/i.exec(headers)?.[1];
    if (name === 'meta' || name === 'file') parts[name] = part.slice(headersEnd + 4);
  }
  return parts;
}
