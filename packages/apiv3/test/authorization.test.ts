import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Authorization,
  type AuthorizationFault,
  formatAuthorization,
  parseAuthorization,
  type SchemeName,
} from '../dist/index.js';
import { readVectors } from './vectors.js';

interface Vectors {
  valid: {
    name: string;
    header: string;
    scheme: SchemeName;
    id: string;
    serial_no: string;
    nonce_str: string;
    timestamp: string;
    signature: string;
  }[];
  invalid: { name: string; header: string; fault: AuthorizationFault }[];
}

const { valid, invalid } = readVectors<Vectors>('authorization.json');

describe('an Authorization header is read', () => {
  it.each(valid)('$name', ({ header, scheme, id, serial_no, nonce_str, timestamp, signature }) => {
    expect(parseAuthorization(header)).toEqual({
      scheme,
      id,
      serialNo: serial_no,
      nonce: nonce_str,
      timestamp,
      signature,
    });
  });
});

describe('an Authorization header is refused', () => {
  it.each(invalid)('$name', ({ header, fault }) => {
    expect(parseAuthorization(header)).toBe(fault);
  });

  it('that is absent', () => {
    expect(parseAuthorization(undefined)).toBe('authorizationMalformed');
  });
});

const alphanumeric = fc.constantFrom(...'0123456789ABCXYZabcxyz');
const authorization: fc.Arbitrary<Authorization> = fc.record({
  scheme: fc.constantFrom('merchant' as const, 'brand' as const),
  id: fc.string({ unit: alphanumeric, minLength: 1, maxLength: 32 }),
  serialNo: fc.string({ unit: alphanumeric, minLength: 8, maxLength: 40 }),
  nonce: fc.string({ unit: alphanumeric, minLength: 8, maxLength: 128 }),
  timestamp: fc.integer({ min: 1_000_000_000, max: 9_999_999_999 }).map(String),
  signature: fc
    .uint8Array({ minLength: 1, maxLength: 512 })
    .map((bytes) => Buffer.from(bytes).toString('base64')),
});

describe('properties', () => {
  it('what is written is read as it was', () => {
    fc.assert(
      fc.property(authorization, (content) => {
        expect(parseAuthorization(formatAuthorization(content))).toEqual(content);
      }),
    );
  });

  it('the order of the fields and the space between them mean nothing', () => {
    fc.assert(
      fc.property(
        authorization,
        fc.infiniteStream(fc.nat()),
        fc.constantFrom(',', ', ', ' , ', ',\t'),
        (content, random, comma) => {
          const [type = '', fields = ''] = formatAuthorization(content).split(' ');
          const shuffled = fields
            .split(',')
            .map((field) => ({ field, key: random.next().value }))
            .sort((a, b) => a.key - b.key)
            .map(({ field }) => field);
          expect(parseAuthorization(`${type} ${shuffled.join(comma)}`)).toEqual(content);
        },
      ),
    );
  });

  it('never throws, whatever the string', () => {
    const spoiled = fc
      .tuple(authorization, fc.nat(800), fc.nat(5), fc.string({ unit: 'binary' }))
      .map(([content, at, length, text]) => {
        const header = formatAuthorization(content);
        return header.slice(0, at) + text + header.slice(at + length);
      });
    const field = fc
      .tuple(fc.stringMatching(/^[a-z_]+$/), fc.string())
      .map(([name, value]) => `${name}="${value}"`);
    const fields = fc.array(field).map((all) => `WECHATPAY2-SHA256-RSA2048 ${all.join(',')}`);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), spoiled, fields), (header) => {
        const parsed = parseAuthorization(header);
        // An accepted header has every field within its bounds, so it survives writing and parsing.
        if (typeof parsed === 'object') {
          expect(parseAuthorization(formatAuthorization(parsed))).toEqual(parsed);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
