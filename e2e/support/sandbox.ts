import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Sandbox, type SandboxOptions, startSandbox } from '@coupon-media/sandbox';
import { type MerchantRecord, openEmbeddedMerchants } from '@coupon-media/server';
import { onTestFinished } from 'vitest';

/** The folder of a test, which the caller removes. */
export function temporaryFolder(): Promise<string> {
  return mkdtemp(path.join(tmpdir(), 'coupon-media-test-'));
}

/** A sandbox in a temporary folder, on any port. */
export interface TestSandbox extends Sandbox {
  /** Stops it and removes its folder. */
  end(): Promise<void>;
}

export async function testSandbox(options: Partial<SandboxOptions> = {}): Promise<TestSandbox> {
  const folder = options.folder ?? (await temporaryFolder());
  const sandbox = await startSandbox({ port: 0, ...options, folder });
  return {
    ...sandbox,
    end: async () => {
      await sandbox.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A sandbox with English messages that is stopped at the end of the test. */
export async function sandboxOfTest(options?: SandboxOptions): Promise<Sandbox> {
  const sandbox = await startSandbox({ language: 'en', ...options });
  onTestFinished(() => sandbox.stop());
  return sandbox;
}

/** Writes a profile with the sandbox's credentials, and what is to differ. @returns its path */
export async function profileOf(
  { credentials, folder }: Pick<Sandbox, 'credentials' | 'folder'>,
  change: object,
): Promise<string> {
  const file = path.join(folder, 'changed.json');
  await writeFile(file, JSON.stringify({ ...credentials, ...change }), { mode: 0o600 });
  return file;
}

/**
 * Changes the sandbox's merchant in its store as another process would. The service sees the change within a second.
 */
export async function changeMerchant(
  { folder, credentials }: Pick<TestSandbox, 'folder' | 'credentials'>,
  change: Partial<MerchantRecord>,
): Promise<void> {
  const records = await openEmbeddedMerchants({ folder });
  try {
    const merchant = await records.merchant(credentials.mchid);
    if (!merchant) throw new Error(`no merchant ${credentials.mchid} in ${folder}`);
    await records.saveMerchant({ ...merchant, ...change });
  } finally {
    await records.close();
  }
}
