import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

test('a collector is named and OpenTelemetry is not installed: one line tells what to install', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'coupon-media-untraced-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const script = fileURLToPath(new URL('./without-opentelemetry.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, folder]);
  expect(stdout).toMatch(
    /^TRACING_MISSING: [^\n]*npm install @opentelemetry\/api [^\n]*OTEL_SDK_DISABLED=true\n$/,
  );
});
