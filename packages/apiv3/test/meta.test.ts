import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkFilename,
  type Meta,
  Refusal,
  type RefusalName,
  readMeta,
  refusalBody,
  writeMeta,
} from '../dist/index.js';
import { readVectors } from './vectors.js';

interface MetaVector {
  name: string;
  meta?: string;
  meta_hex?: string;
  filename_limit: number;
  filename?: string;
  sha256?: string;
  refusal?: RefusalName;
}

const vectors = readVectors<MetaVector[]>('meta.json');
const bytesOf = ({ meta, meta_hex }: MetaVector) =>
  meta_hex === undefined ? Buffer.from(meta ?? '') : Buffer.from(meta_hex, 'hex');

function refusalOf(action: () => unknown): Refusal {
  try {
    action();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('meta is read', () => {
  it.each(vectors.filter(({ refusal }) => !refusal))('$name', (vector) => {
    const { filename, sha256, filename_limit } = vector;
    expect(readMeta(bytesOf(vector), filename_limit)).toEqual({ filename, sha256 });
  });
});

describe('meta is refused', () => {
  it.each(vectors.filter(({ refusal }) => refusal))('$name', (vector) => {
    const error = refusalOf(() => readMeta(bytesOf(vector), vector.filename_limit));
    expect(error.refusal).toBe(vector.refusal);
    expect(error.row).toMatchObject({ status: 400, code: 'PARAM_ERROR' });
    expect(refusalBody(error, 'zh-CN').detail).toMatchObject({
      location: 'body',
      field: expect.stringMatching(/^\/body\/meta/),
      issue: expect.any(String),
    });
  });

  it('naming the parameter', () => {
    const missing = refusalOf(() => readMeta(Buffer.from('{"filename":"a.png"}'), 150));
    expect(refusalBody(missing, 'zh-CN')).toEqual({
      code: 'PARAM_ERROR',
      message: '输入源“/body/meta/sha256”映射到字段“图片文件摘要”必填性规则校验失败，此字段为必填项',
      detail: { location: 'body', field: '/body/meta/sha256', issue: 'required' },
    });
    const long = refusalOf(() => checkFilename(`${'a'.repeat(147)}.png`, 150));
    expect(refusalBody(long, 'zh-CN').message).toContain('字符数 151，大于最大值 150');
  });
});

const filename = fc
  .tuple(fc.string({ maxLength: 146 }), fc.constantFrom('.jpg', '.JPEG', '.png', '.bmp'))
  .map(([name, suffix]) => name + suffix);
const sha256 = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));

describe('properties', () => {
  it('what is written is read as it was', () => {
    fc.assert(
      fc.property(fc.record<Meta>({ filename, sha256 }), (meta) => {
        expect(readMeta(Buffer.from(writeMeta(meta)), 150)).toEqual(meta);
      }),
    );
  });

  it('white space and unknown keys mean nothing', () => {
    fc.assert(
      fc.property(
        fc.record<Meta>({ filename, sha256 }),
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.nat(8),
        (meta, more, indent) => {
          const text = JSON.stringify({ ...more, ...meta }, null, indent);
          expect(readMeta(Buffer.from(text), 150)).toEqual(meta);
        },
      ),
    );
  });

  it('any bytes are read, or refused in words', () => {
    const json = fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value)));
    const nearly = fc
      .record({
        filename: fc.oneof(filename, fc.string({ unit: 'binary' }), fc.jsonValue()),
        sha256: fc.oneof(sha256, fc.jsonValue()),
      })
      .map((value) => Buffer.from(JSON.stringify(value)));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), json, nearly), (bytes) => {
        try {
          expect(readMeta(bytes, 150)).toEqual({
            filename: expect.any(String),
            sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
          });
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
          expect((error as Refusal).message).not.toBe('');
        }
      }),
      { numRuns: 1000 },
    );
  });
});
