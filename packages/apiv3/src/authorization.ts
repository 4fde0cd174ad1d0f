/** The two families of callers: merchants, and brands with a scheme of their own (contract 2.4, 2.10). */
export type SchemeName = 'merchant' | 'brand';

export interface Scheme {
  /** The authentication type: the first word of `Authorization`, and the value of `Wechatpay-Signature-Type`. */
  readonly type: string;
  /** The field that names the caller. */
  readonly idField: 'mchid' | 'brand_id';
}

export const schemes: Readonly<Record<SchemeName, Scheme>> = {
  merchant: { type: 'WECHATPAY2-SHA256-RSA2048', idField: 'mchid' },
  brand: { type: 'WECHATPAY-BRAND-SHA256-RSA2048', idField: 'brand_id' },
};

/** An `Authorization` header's content. */
export interface Authorization {
  scheme: SchemeName;
  /** mchid, or brand_id under the brand scheme. */
  id: string;
  /** Serial of the caller's API certificate, hex. */
  serialNo: string;
  nonce: string;
  /** Unix seconds, ten digits. */
  timestamp: string;
  /** Base64. */
  signature: string;
}

/** What can be wrong with the header: each fault has the name of the refusal that reports it (contract 5.3). */
export type AuthorizationFault = 'authorizationMalformed' | 'authorizationTypeUnknown';

/**
 * @returns the `Authorization` header's value (contract 2.4)
 * @example
 * ```ts
 * import { formatAuthorization } from '@coupon-media/apiv3';
 *
 * const header = formatAuthorization({
 *   scheme: 'merchant',
 *   id: '1900000001',
 *   serialNo: '1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C',
 *   nonce: '593BEC0C930BF1AFEB40B4A08C8FB242',
 *   timestamp: '1554208460',
 *   signature: 'gKbnQ4AAR8Vw==',
 * });
 * console.log(header.slice(0, 44)); // 'WECHATPAY2-SHA256-RSA2048 mchid="1900000001"'
 * ```
 */
export function formatAuthorization({
  scheme,
  id,
  serialNo,
  nonce,
  timestamp,
  signature,
}: Authorization): string {
  const { type, idField } = schemes[scheme];
  return (
    `${type} ${idField}="${id}",nonce_str="${nonce}",signature="${signature}",` +
    `timestamp="${timestamp}",serial_no="${serialNo}"`
  );
}

/**
 * Reads an `Authorization` header: the fields may come in any order, each once and double-quoted, with white space after a
 * comma (contract 2.5). The format is checked before the type (contract 5.2).
 *
 * @example
 * ```ts
 * import { parseAuthorization } from '@coupon-media/apiv3';
 *
 * const parsed = parseAuthorization('WECHATPAY2-SHA256-RSA2048 mchid="1900000001"');
 * // A string is the name of the refusal: here, fields are missing.
 * console.log(parsed); // 'authorizationMalformed'
 * ```
 */
export function parseAuthorization(header: string | undefined): Authorization | AuthorizationFault {
  const space = header === undefined ? -1 : header.indexOf(' ');
  if (header === undefined || space < 1 || header.length > MAX_LENGTH) return 'authorizationMalformed';
  const fields = parseFields(header, space + 1);
  if (!fields) return 'authorizationMalformed';
  const type = header.slice(0, space);
  const scheme = schemeOfType(type);
  const idField = scheme ? schemes[scheme].idField : fields.has('mchid') ? 'mchid' : 'brand_id';
  const [id, nonce, signature, timestamp, serialNo] = [idField, ...COMMON_FIELDS].map((name) =>
    fields.get(name),
  );
  if (!id || !nonce || !signature || !timestamp || !serialNo || fields.size !== COMMON_FIELDS.length + 1) {
    return 'authorizationMalformed';
  }
  return scheme ? { scheme, id, serialNo, nonce, timestamp, signature } : 'authorizationTypeUnknown';
}

const MAX_LENGTH = 4096;
const COMMON_FIELDS = ['nonce_str', 'signature', 'timestamp', 'serial_no'] as const;

/**
 * Bounds that official tests use, and nonces from 8 characters, since one popular client sends 11 to 13 (contract 2.5). A signature of
 * RSA-2048 has 344 characters; of RSA-4096, 684.
 */
export const authorizationFieldForms: ReadonlyMap<string, RegExp> = new Map([
  ['mchid', /^[0-9A-Za-z]{1,32}$/],
  ['brand_id', /^[0-9A-Za-z]{1,32}$/],
  ['nonce_str', /^[0-9A-Za-z]{8,128}$/],
  ['signature', /^[A-Za-z0-9+/=]{1,1024}$/],
  ['timestamp', /^[0-9]{10}$/],
  ['serial_no', /^[0-9A-Za-z]{8,40}$/],
]);

function parseFields(header: string, from: number): Map<string, string> | undefined {
  const fields = new Map<string, string>();
  const field = /[ \t]*([a-z_]+)="([^"]*)"[ \t]*(,|$)/y;
  field.lastIndex = from;
  for (;;) {
    const [, name, value, separator] = field.exec(header) ?? [];
    if (name === undefined || value === undefined) return undefined;
    // Each field is required once: if it appears twice, it is not known which one is meant (contract 2.5).
    if (fields.has(name) || !authorizationFieldForms.get(name)?.test(value)) return undefined;
    fields.set(name, value);
    if (separator === '') return fields;
  }
}

function schemeOfType(type: string): SchemeName | undefined {
  return (Object.keys(schemes) as SchemeName[]).find((name) => schemes[name].type === type);
}
