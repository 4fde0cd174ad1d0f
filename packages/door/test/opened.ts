import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import {
  createService,
  generatePublicKeyPair,
  openEmbeddedEngines,
  readConfig,
  type ServiceLog,
} from '@coupon-media/server';
import { onTestFinished } from 'vitest';
import {
  createDoor,
  createOwnImageRecords,
  type DoorOptions,
  type NewToken,
  type OwnImageRecords,
  openTokens,
  type PublishedValue,
  type Publisher,
  type PublishRequest,
  type Tokens,
} from '../dist/index.js';

/** A service with a door, on a port of its own. */
export interface Opened {
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  readonly publisher: TestPublisher;
  readonly tokens: Tokens;
  readonly log: readonly string[];
  /** Makes a token of account `shop` that may upload and read, unless it is said otherwise. @returns its text */
  token(options?: Partial<NewToken>): Promise<string>;
  close(): Promise<void>;
}

/** Gives URLs and counts what it was asked for. */
export interface TestPublisher extends Publisher {
  readonly asked: PublishRequest[];
  /** What happens instead of a URL. */
  next: ((request: PublishRequest) => Promise<void>) | undefined;
}

export async function opened(options: Partial<DoorOptions> = {}, kept?: string): Promise<Opened> {
  const folder = kept ?? (await mkdtemp(path.join(tmpdir(), 'coupon-media-door-')));
  const lines: string[] = [];
  const write = (fields: unknown, message?: string) =>
    void lines.push(`${typeof fields === 'string' ? fields : JSON.stringify(fields)} ${message ?? ''}`);
  const log: ServiceLog = { info: write, warn: write, error: write };
  const engines = await openEmbeddedEngines({ data: folder }, Date.now, log);
  if ((await engines.merchants.platformKeys()).length === 0) {
    await engines.merchants.addPlatformKey(platformKey);
  }
  const records = createOwnImageRecords(engines.database);
  const publisher = testPublisher(records);
  const door = await createDoor({
    ...{ images: engines.images, database: engines.database, quota: engines.quota, publisher, log, records },
    accounts: { endpoints: (name) => ENDPOINTS[name] },
    thumbnails: { folder: path.join(folder, 'thumbnails') },
    ...options,
  });
  const settings = readConfig({ quotaPerSecond: 0 }, {});
  const service = await createService({ engines, settings, log, routes: [...door.routes] });
  const { port } = await service.listen({ host: '127.0.0.1', port: 0 });
  const tokens = await openTokens(engines.database);
  let isClosed = false;
  async function close(): Promise<void> {
    if (isClosed) return;
    isClosed = true;
    await door.close();
    await service.close();
    await engines.close();
  }
  onTestFinished(async () => {
    await close();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    ...{ url: `http://127.0.0.1:${port}`, port, folder, publisher, tokens, log: lines, close },
    token: async (given = {}) =>
      (await tokens.create({ name: 'test', account: 'shop', scopes: ['upload', 'read'], ...given })).text,
  };
}

const platformKey = await generatePublicKeyPair(Math.floor(Date.now() / 1000));

const ENDPOINTS: Readonly<
  Record<string, readonly ['product-coupon', 'merchant-media'] | readonly ['favor']>
> = {
  shop: ['product-coupon', 'merchant-media'],
  rival: ['favor'],
};

function testPublisher(records: OwnImageRecords): TestPublisher {
  const values = new Map<string, PublishedValue>();
  const asked: PublishRequest[] = [];
  const keyOf = (...parts: readonly string[]) => parts.join(' ');
  return {
    asked,
    next: undefined,
    async publish(request) {
      asked.push(request);
      await this.next?.(request);
      const { account, endpoint, upload, caller, slot, changes = [] } = request;
      const value = `https://upstream.example/${account}/${upload.sha256.slice(0, 12)}.${upload.kind}`;
      const published = { value, upstreamRequestId: `UP-${asked.length}`, reused: false };
      values.set(keyOf(account, endpoint, upload.sha256), published);
      const { upstreamRequestId } = published;
      await records.record({
        ...{ ...upload, account, endpoint, caller, slot, changes, value, upstreamRequestId },
        at: upload.uploadedAt,
      });
      return published;
    },
    known: async (account, endpoint, sha256) => values.get(keyOf(account, endpoint, sha256)),
  };
}

/** A PNG of one colour that no other has, as long as it is to be. */
export function pngOf(bytes: number): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(1, 0);
  head.writeUInt32BE(1, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const parts = [
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(Buffer.from([0, ...randomBytes(3)]))),
  ];
  const end = chunk('IEND', Buffer.alloc(0));
  const missing = bytes - [...parts, end].reduce((sum, { length }) => sum + length, 12);
  return Buffer.concat([...parts, ...(missing >= 0 ? [chunk('prVt', randomBytes(missing))] : []), end]);
}

/** A PNG of these pixels, all of one colour that no other has. */
export function pictureOf(width: number, height: number): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.alloc(1 + 3 * width);
  row.fill(randomBytes(3), 1);
  const rows = Buffer.alloc(row.length * height, row);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

export const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
