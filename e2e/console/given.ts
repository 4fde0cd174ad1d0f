import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openRelayRecords } from '@coupon-media/relay';
import { openEmbeddedDatabase } from '@coupon-media/server';
import type { Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { makeImage } from '../support/images.js';
import { type RelayShape, relayOfTest } from '../support/relay.js';
import { type sandboxOfTest, temporaryFolder } from '../support/sandbox.js';

/** A relay with one account, and a token of it that may upload and read. */
export async function relayWithToken(
  upstream: Awaited<ReturnType<typeof sandboxOfTest>>,
  shape?: RelayShape,
) {
  const { baseUrl, folder } = await relayOfTest(upstream, shape);
  const database = await openEmbeddedDatabase({ folder });
  const records = await openRelayRecords(database);
  const { text } = await records.tokens.create({
    name: 'console',
    account: 'shop',
    scopes: ['upload', 'read'],
  });
  await records.close();
  await database.close();
  return { baseUrl, token: text };
}

/** By the form, as people do. */
export async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Files with these names; each number makes another image. @param side in pixels */
export async function filesOf(names: Readonly<Record<string, number>>, side = 96): Promise<string[]> {
  const folder = await temporaryFolder();
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return Promise.all(
    Object.entries(names).map(async ([name, number]) => {
      const file = path.join(folder, name);
      await writeFile(file, await makeImage('png', number, side));
      return file;
    }),
  );
}

/** Gives files to the page, as its button does. */
export async function give(page: Page, files: readonly string[]): Promise<void> {
  await page.setInputFiles('input[type=file] >> nth=0', [...files]);
}
