import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { sandboxOfTest } from '../support/sandbox.js';
import { accessibilityFindings, browserOfFile, openPageOfTest } from './browser.js';
import { filesOf } from './given.js';

// Takes 40 s if it installs Chromium, otherwise 10.

const run = promisify(execFile);
const samples = fileURLToPath(new URL('../../samples/', import.meta.url));

const browserFor = browserOfFile();

test('the commands that it shows upload an image, and it says what the sandbox thinks of it', async ({
  skip,
}) => {
  const browser = browserFor(skip);
  const sandbox = await sandboxOfTest({ door: true });
  const { baseUrl, mchid, privateKeyPath, wechatPayPublicKeyId } = sandbox.credentials;
  const { page, troubles } = await openPageOfTest(browser, `${baseUrl}/console/`);
  await page.getByRole('link', { name: 'First use' }).click();
  for (const value of [mchid, privateKeyPath, wechatPayPublicKeyId, baseUrl])
    await expect.poll(() => page.locator('dd code').filter({ hasText: value }).count()).toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Copy Merchant ID' }).click();
  await expect.poll(() => page.evaluate('navigator.clipboard.readText()')).toBe(mchid);
  await expect.poll(() => page.getByText('Nothing has arrived yet').count()).toBe(1);

  const commands = page.locator('.program pre').first();
  await expect.poll(() => commands.textContent()).toContain('sh upload.sh IMAGE');
  const [image = ''] = await filesOf({ 'a.png': 96 });
  const said = String(await commands.textContent()).replace('IMAGE', `'${image}'`);
  const { stdout } = await run('sh', ['-c', said], { cwd: path.join(samples, 'curl') });
  expect(stdout.trim()).toMatch(new RegExp(`^${baseUrl}/images/[0-9a-f]{64}\\.png$`));
  await expect.poll(() => page.getByText('Well done').count()).toBe(1);

  const wrong = said.replace('set +a', 'COUPON_MEDIA_CERTIFICATE_SERIAL_NO=00; set +a');
  await expect(run('sh', ['-c', wrong], { cwd: path.join(samples, 'curl') })).rejects.toThrow('SIGN_ERROR');
  const [mistake] = sandbox.requests.flatMap((request) => request.mistake ?? []);
  await expect.poll(() => page.locator('.arrived').textContent()).toContain(mistake?.en);
  expect(await accessibilityFindings(page)).toEqual([]);
  await page.getByRole('button', { name: '简体中文' }).click();
  await expect.poll(() => page.locator('.arrived').textContent()).toContain(mistake?.['zh-CN']);
  expect(await accessibilityFindings(page)).toEqual([]);
  expect(troubles).toEqual([]);
});

test('each language of samples/ is there, as the file that the tests of samples/ run', async ({ skip }) => {
  const browser = browserFor(skip);
  const sandbox = await sandboxOfTest({ door: true });
  const { page } = await openPageOfTest(browser, `${sandbox.credentials.baseUrl}/console/#firstUse`);
  await page.getByText('The program', { exact: true }).click();
  for (const [name, file] of Object.entries({
    curl: 'curl/upload.sh',
    Java: 'java/UploadImage.java',
    Go: 'go/upload.go',
    Python: 'python/upload.py',
    Rust: 'rust/src/main.rs',
    PHP: 'php/upload.php',
    Ruby: 'ruby/upload.rb',
    'C#': 'csharp/UploadImage.cs',
    TypeScript: 'typescript/upload.ts',
  })) {
    await page.getByLabel('Language').selectOption(name);
    const source = await readFile(path.join(samples, file), 'utf8');
    await expect
      .poll(() => page.locator('.program pre').last().textContent(), { timeout: 10_000 })
      .toBe(source);
    expect(await page.locator('.program pre').first().textContent()).toMatch(/set \+a\n\S.* IMAGE\n$/);
  }
});
