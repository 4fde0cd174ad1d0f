import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

test.each([
  {
    what: 'a port for metrics is set',
    name: 'prom-client',
    environment: { COUPON_MEDIA_METRICS_PORT: '0' },
    says: /^METRICS_MISSING: [^\n]*npm install prom-client, or unset the port\n$/,
  },
  {
    what: 'a collector of traces is named',
    name: '@opentelemetry/',
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' },
    says: /^TRACING_MISSING: [^\n]*npm install @opentelemetry\/api [^\n]*OTEL_SDK_DISABLED=true\n$/,
  },
])(
  '$what and $name is not installed: one line tells what to install',
  async ({ name, environment, says }) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'coupon-media-unwatched-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const script = fileURLToPath(new URL('./start-without.mjs', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [script, name, folder], {
      env: { ...process.env, ...environment },
    });
    expect(stdout).toMatch(says);
  },
);
