import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { openEmbeddedEngines } from '@coupon-media/server';
import type { Engines } from '@coupon-media/server/engine';
import { expect, test } from 'vitest';
import { png, sha256, wholeWith } from './support/exchange.js';
import { relayOfTest, type TestRelay } from './support/relay.js';
import { sandboxOfTest } from './support/sandbox.js';

// What takes the same steps takes the same time, however long that is: no clock is asked here.

test.each([
  ['in the database', 1_000],
  ['in a file', 200_000],
])('an image that another account has takes the steps of one that nobody has: %s', async (_, bytes) => {
  const steps: string[] = [];
  const upstream = await sandboxOfTest();
  const profile = upstream.credentialsPath;
  const relay = await relayOfTest(upstream, {
    accounts: { shop: { profile }, rival: { profile, callers: ['1900009999'] } },
    openEngines: async (folder) =>
      noting(await openEmbeddedEngines({ data: folder }, Date.now, { warn() {} }), steps),
  });
  const image = imageOf(1, bytes);
  const shop = await relay.createToken();
  const rival = await relay.createToken('rival');
  const send = async (token: string, content: Buffer) => {
    steps.length = 0;
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'image/png' };
    const answer = await fetch(`${relay.baseUrl}/v1/images`, {
      method: 'POST',
      headers,
      body: new Uint8Array(content),
    });
    const body: unknown = await answer.json();
    expect({ status: answer.status, body }).toMatchObject({ status: 200, body: { reused: false } });
    return { steps: [...steps], headers: [...answer.headers.keys()], fields: Object.keys(Object(body)) };
  };

  await send(shop, image);
  const before = fileOf(relay, image);
  const ofAnother = await send(rival, image);
  const after = fileOf(relay, image);
  expect(ofAnother).toEqual(await send(rival, imageOf(2, bytes)));
  // Asked for, stored, wished, read, recorded.
  expect(ofAnother.steps.length).toBeGreaterThanOrEqual(5);
  // A file takes the place of the first one.
  expect([before, after].map((file) => file !== undefined)).toEqual(Array(2).fill(bytes > 65_536));
  if (after !== undefined) expect(after).not.toBe(before);
  expect(upstream.requests.filter(({ upload }) => upload)).toHaveLength(3);
});

/** Engines that note what is asked of them for an image, and not what is looked at now and then. */
function noting(engines: Engines, steps: string[]): Engines {
  const { database, images } = engines;
  const note = (texts: readonly string[]) =>
    steps.push(...texts.filter((text) => text.includes('relay_upload') && !text.startsWith('select count')));
  return {
    ...engines,
    database: {
      ...database,
      read(statement, options) {
        note([statement.text]);
        return database.read(statement, options);
      },
      write(statements, options) {
        note(statements.map(({ text }) => text));
        return database.write(statements, options);
      },
    },
    images: {
      ...images,
      read(digest, kind) {
        steps.push('read the image');
        return images.read(digest, kind);
      },
      draft() {
        const draft = images.draft();
        return {
          ...draft,
          commit(upload) {
            steps.push(`store the image: ${Object.keys(upload).sort().join(', ')}`);
            return draft.commit(upload);
          },
        };
      },
    },
  };
}

/** A PNG of about so many bytes. */
function imageOf(number: number, bytes: number): Buffer {
  return png(number, 1, wholeWith(Buffer.alloc(bytes, `image ${number} `)));
}

/** The number of the file that holds an image; undefined if the database does. */
function fileOf({ folder }: TestRelay, image: Buffer): number | undefined {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const name = names.find((one) => one.includes(sha256(image)));
  return name === undefined ? undefined : statSync(path.join(folder, name)).ino;
}
