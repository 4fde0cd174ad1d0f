import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openRelayRecords } from '@coupon-media/relay';
import type { Sandbox } from '@coupon-media/sandbox';
import { openEmbeddedDatabase } from '@coupon-media/server';
import type { Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { makeImage } from '../support/images.js';
import { type RelayShape, relayOfTest } from '../support/relay.js';
import { type sandboxOfTest, temporaryFolder } from '../support/sandbox.js';

/** How many times each image was accepted, by the digest of its bytes: once, unless something was sent twice. */
export function acceptedTimes({ requests }: Pick<Sandbox, 'requests'>): readonly number[] {
  const times = new Map<string, number>();
  for (const { outcome, upload } of requests) {
    const digest = upload?.fileSha256;
    if (outcome === 'SUCCESS' && digest !== undefined) times.set(digest, (times.get(digest) ?? 0) + 1);
  }
  return [...times.values()];
}

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

/** Waits until all images of the list have been looked at. */
export async function lookedAt(page: Page): Promise<void> {
  await expect.poll(() => page.getByText(/^(?:Looking…|检查中…)$/).count()).toBe(0);
}

export async function upload(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
}

/** Waits until the list is at an end: so many images are done, and so many failed. */
export async function ended(page: Page, done: number, failed = 0): Promise<void> {
  const said = `${done + failed} in all, ${done} done, ${failed} failed`;
  await expect.poll(() => page.getByText(said).count(), { timeout: 30_000 }).toBe(1);
}

/** Drops files and folders of this machine onto the page, as a file manager does. */
export async function drop(page: Page, files: readonly string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...files], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 200, y: 200, data });
  await session.detach();
}

/** Gives files to the page, as its button does. */
export async function give(page: Page, files: readonly string[]): Promise<void> {
  await page.setInputFiles('input[type=file] >> nth=0', [...files]);
}
