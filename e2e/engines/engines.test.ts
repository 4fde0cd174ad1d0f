import { rm } from 'node:fs/promises';
import path from 'node:path';
import { type Sandbox, startSandbox } from '@coupon-media/sandbox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useEngines } from '../../tools/engines/index.mjs';
import { clusterEnvironment } from '../migrate/places.js';
import { temporaryFolder } from '../support/sandbox.js';
import { writeDocument } from './document.js';
import { postgres } from './postgres.js';
import { redis } from './redis.js';
import {
  type Base,
  type Engine,
  keep,
  type MistakeRow,
  type Settings,
  type SetUp,
  type SetUpRow,
} from './rows.js';
import { s3 } from './s3.js';
import { refusalOf, TRIED, tryOut } from './trial.js';

// Takes 40 s: whole services on PostgreSQL 12 and 18, on PgBouncer, and with the usual mistakes of configuration.

/** `npm run engines:wide` tries every row and writes docs/ENGINES.md. */
const IS_WIDE = process.env.TEST_ENGINES_WIDE !== undefined;
const PATIENCE = IS_WIDE ? 600_000 : 120_000;

const { needed } = await useEngines('postgres', 'pgbouncer', 's3', 'redis');

let folder: string;
let sandbox: Sandbox;

beforeAll(async () => {
  folder = await temporaryFolder();
  sandbox = await startSandbox({ folder: path.join(folder, 'sandbox'), port: 0 });
  await sandbox.stop();
});
afterAll(async () => {
  if (IS_WIDE) writeDocument();
  await rm(folder, { recursive: true, force: true });
});

describe.each<Engine>([postgres, s3, redis])('$engine', needed, ({ engine, setUps, mistakes }) => {
  const foundSetUps: SetUpRow[] = [];
  const foundMistakes: MistakeRow[] = [];
  afterAll(() => {
    if (IS_WIDE) keep(engine, { setUps, mistakes }, { setUps: foundSetUps, mistakes: foundMistakes });
  });

  const chosen = <T extends { brief?: true }>(rows: readonly T[]) =>
    rows.filter(({ brief }) => IS_WIDE || brief);
  for (const setUp of chosen(setUps)) {
    test(`works: ${setUp.name}`, { timeout: PATIENCE }, async ({ skip }) => {
      const base = await useEngines('postgres', 's3', 'redis');
      const started = await begin(setUp, base);
      if (typeof started === 'string') return skip(started);
      const { version, settings, end } = started;
      try {
        const { passed, failed } = await tryOut(allSettings(base, settings), sandbox);
        const result = failed === undefined ? 'works' : stable(failed);
        const { name, set, fault = /^works$/ } = setUp;
        foundSetUps.push({
          name,
          version,
          passed: `${passed} of ${TRIED.length}`,
          result,
          set,
          date: today(),
        });
        expect(result).toMatch(fault);
      } finally {
        await end();
      }
    });
  }
  for (const { name, start, says } of chosen(mistakes)) {
    test(`does not start: ${name}`, { timeout: PATIENCE }, async () => {
      const base = await useEngines('postgres', 's3', 'redis');
      const { settings, end } = await start(base);
      try {
        const words = stable((await refusalOf(allSettings(base, settings))) ?? '(the node starts)');
        foundMistakes.push({ name, words, date: today() });
        expect(words).toMatch(says);
      } finally {
        await end();
      }
    });
  }
});

/** @returns why the set-up cannot be started here, in the short form; the wide form fails */
async function begin(setUp: SetUp, base: Base) {
  try {
    return await setUp.start(base);
  } catch (error) {
    if (IS_WIDE) throw error;
    return String(error);
  }
}

function allSettings(base: Base, settings: Settings): Settings {
  return {
    ...clusterEnvironment(base),
    COUPON_MEDIA_PORT: '0',
    COUPON_MEDIA_QUOTA_PER_SECOND: '0',
    COUPON_MEDIA_LOG_LEVEL: 'silent',
    COUPON_MEDIA_PUBLIC_URL: 'https://img.example.com',
    COUPON_MEDIA_UPLOAD_TEMP_DIR: folder,
    ...settings,
  };
}

/** Words without the ports and folders of this run, so that the document changes only if the words do. */
function stable(words: string): string {
  return words
    .replace(/(127\.0\.0\.1|localhost|db\.invalid):\d+/g, '$1')
    .replace(/\/tmp\/[\w./-]+/g, '/…')
    .replace(/\btest[-_]\d+/g, 'coupons');
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}
