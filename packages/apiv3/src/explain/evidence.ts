import type { SchemeName } from '../authorization.js';
import { uploadEndpoints } from '../endpoints.js';
import { type HeaderSource, headerReader } from '../headers.js';
import type { Certificate, PrivateKey } from '../keys.js';
import type { SignInformation } from '../request.js';
import { isUtf8 } from './charsets.js';
import { withoutChunkFraming } from './chunks.js';
import { type Finding, finding } from './findings.js';
import { type Form, type FormPart, readForm, usedBoundary } from './form.js';
import { latin1 } from './latin1.js';
import { whyNoMeta } from './no-meta.js';
import { encodedPart } from './transfer-encoding.js';

/** What is known of a refused request. Every field is optional; explain cannot judge what is missing. */
export interface Evidence {
  /** HTTP method as sent. */
  method?: string | undefined;
  /** URL as sent: absolute, or path and query. */
  url?: string | undefined;
  /** The `Authorization` header; empty if it was not sent. */
  authorization?: string | undefined;
  /** All headers of the request as sent, in any form and letter case: one that is missing among them is a finding. */
  headers?: HeaderSource | undefined;
  /**
   * The body as sent, with chunk framing or without; for an upload, the whole multipart form. 2 MiB take up to a second. Empty if
   * there was none.
   */
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
  /** The header as sent; empty if it was not sent, undefined if that is not known. */
  sentAuthorization: string | undefined;
  /** The header, parsed leniently. */
  authorization: LooseAuthorization | undefined;
  /** The scheme that the endpoint requires, if the URL is known. */
  scheme: SchemeName | undefined;
  /** Path and query as the caller has them. */
  ownUrl: string | undefined;
  /** The origin of the URL: `https://api.mch.weixin.qq.com`. */
  origin: string | undefined;
  /** Looks up a header of the request; undefined if the headers are not known. */
  header: ((name: string) => string | undefined) | undefined;
  isUpload: boolean;
  /** Without chunk framing. */
  wholeBody: string | undefined;
  hadChunkFraming: boolean;
  form: Form | undefined;
  file: string | undefined;
  /** What an encoded meta part stands for. */
  decodedMeta: string | undefined;
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
  const header = evidence.headers && headerReader(evidence.headers);
  const sentAuthorization = evidence.authorization ?? (header && (header('authorization') ?? ''));
  const authorization = sentAuthorization ? readLoosely(sentAuthorization) : undefined;
  const ownUrl = evidence.url === undefined ? undefined : requestTarget(evidence.url);
  const url = verified?.url ?? ownUrl;
  const method = (evidence.method ?? verified?.method)?.toUpperCase();
  const sent = sentBody(evidence, { method, url, header, verifiedLength: verified?.bodyLength });
  return {
    ...sent,
    header,
    sentAuthorization,
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

/** @returns the length of the body that the service verified, in bytes */
export function receivedLength(information: Evidence['signInformation']): number | undefined {
  return readSignInformation(information)?.bodyLength;
}

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

type SentBody = Pick<
  Facts,
  'isUpload' | 'wholeBody' | 'hadChunkFraming' | 'form' | 'file' | 'decodedMeta' | 'ownMeta' | 'findings'
> &
  Pick<Lines, 'body'>;

interface BodyContext {
  method: string | undefined;
  url: string | undefined;
  header: Facts['header'];
  verifiedLength: number | undefined;
}

function sentBody(evidence: Evidence, { method, url, header, verifiedLength }: BodyContext): SentBody {
  const raw = evidence.body === undefined ? undefined : latin1(evidence.body);
  const wholeBody = raw === undefined ? undefined : withoutChunkFraming(raw);
  const hadChunkFraming = wholeBody !== raw;
  const ownMeta = evidence.meta === undefined ? undefined : latin1(evidence.meta);
  const [path] = (url ?? '').split('?', 1);
  const isUpload =
    ownMeta !== undefined ||
    (wholeBody !== undefined && usedBoundary(wholeBody) !== undefined) ||
    uploadEndpoints.some((endpoint) => endpoint.path === path);
  const contentType = header && (header('content-type') ?? '');
  const form = isUpload && wholeBody !== undefined ? readForm(contentType, wholeBody) : undefined;
  const meta = partNamed('meta', form?.parts);
  // Where the service finds no meta, the one that its writer meant still shows what was signed.
  const metaMeant = meta ?? partNamed('meta', form?.meant);
  const bodyless = method === 'GET' || verifiedLength === 0 ? '' : undefined;
  const body = isUpload ? (metaMeant?.content ?? ownMeta) : (wholeBody ?? bodyless);
  const findings: Finding[] = [];
  if (isUpload && (verifiedLength === 0 || (wholeBody !== undefined && meta === undefined))) {
    const about = { contentType, contentEncoding: header?.('content-encoding'), body: wholeBody, form };
    findings.push(finding('metaNotFound', true, { ...whyNoMeta(about) }));
  } else if (body !== undefined && verifiedLength !== undefined && verifiedLength !== body.length) {
    findings.push(finding('bodyLengthDiffers', true, { seen: verifiedLength, own: body.length }));
  }
  const file = partNamed('file', form?.parts) ?? partNamed('file', form?.meant);
  findings.push(...[metaMeant, file].flatMap((part) => (part ? encodingFindings(part) : [])));
  const decodedMeta = metaMeant && encodedPart(metaMeant)?.decoded;
  return {
    body,
    isUpload,
    wholeBody,
    hadChunkFraming,
    form,
    file: file?.content,
    decodedMeta,
    ownMeta,
    findings,
  };
}

function partNamed(name: string, parts: readonly FormPart[] = []): FormPart | undefined {
  return parts.find((part) => part.name === name);
}

function encodingFindings(part: FormPart): Finding[] {
  const { name = '', content } = part;
  const encoded = encodedPart(part);
  if (encoded) return [finding('partEncoded', true, { name, encoding: encoded.encoding })];
  return name === 'meta' && !isUtf8(content) ? [finding('metaNotUtf8', true)] : [];
}
