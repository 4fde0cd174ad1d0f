import { execFile } from 'node:child_process';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * Finds Chromium, and installs Debian's package if permitted.
 *
 * @returns its path, or the reason why there is none
 */
export async function findChromium(): Promise<{ executable: string } | { missing: string }> {
  const found = await firstThere(PLACES);
  if (found) return { executable: found };
  if (process.getuid?.() !== 0) return { missing: 'there is no Chromium, and only root may install it' };
  const { stderr } = await run(process.execPath, ['tools/engines/packages.mjs', 'chromium']);
  process.stderr.write(stderr);
  const installed = await firstThere(PLACES);
  return installed
    ? { executable: installed }
    : { missing: `there is no Chromium, and apt-get does not bring it: ${stderr}` };
}

/** Opens a page, gives it a few seconds of virtual time, and returns the resulting document. */
export async function openPage(executable: string, url: string): Promise<string> {
  const profile = await mkdtemp(path.join(tmpdir(), 'coupon-media-chromium-'));
  try {
    const { stdout } = await run(executable, [
      '--headless',
      // Chromium does not start as root with its sandbox. Only our own pages are opened here.
      '--no-sandbox',
      '--disable-gpu',
      `--user-data-dir=${profile}`,
      '--virtual-time-budget=4000',
      '--dump-dom',
      url,
    ]);
    return stdout;
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function firstThere(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) {
    const there = await access(file).then(
      () => true,
      () => false,
    );
    if (there) return file;
  }
  return undefined;
}
