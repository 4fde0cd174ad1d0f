// Takes 15 s: three proxies with bodies of 20 MiB; all eight, and each once more by its defaults, in npm run proxies:wide.
import { describe, expect, test, vi } from 'vitest';
import { requireEngines } from '../../tools/engines/index.mjs';
import { installPackages } from '../../tools/engines/packages.mjs';
import { findProgram } from '../../tools/engines/programs.mjs';
import { testService } from '../support/service.js';
import { type ColumnName, columns } from './columns.js';
import { startCountingNode } from './counting-node.js';
import { type MeasuredRow, writeLines, writeTable } from './document.js';
import { forwardProxies, uploadThrough } from './forward.js';
import { type ReverseProxy, reverseProxies } from './reverse.js';
import { startFront, versionOf } from './start.js';

vi.setConfig({ testTimeout: 120_000 });

const WIDE = process.env.TEST_PROXIES === 'wide';
const { needed } = await requireEngines('balancer', 'nginx', 'apache');
if (WIDE) {
  const wanted = [
    ...reverseProxies,
    ...forwardProxies.map((each) => ({ programs: [each.program], packages: [each.package] })),
  ];
  installPackages(() =>
    wanted
      .filter(({ programs }) => programs.some((name) => !findProgram(name)))
      .flatMap(({ packages }) => packages),
  );
}

const measured: MeasuredRow[] = [];

describe('behind the shipped configuration', needed, () => {
  test.each(reverseProxies.filter(({ short }) => short || WIDE))('of $name', async (proxy) => {
    const found = await measure(proxy, { defaults: false });
    const wanted = Object.keys(columns).map((name) => {
      const word = proxy.unmet[name as ColumnName] ?? 'yes';
      return [name, typeof word === 'string' ? word : expect.stringMatching(word)];
    });
    expect(found).toEqual(Object.fromEntries(wanted));
    measured.push({ proxy, version: versionOf(proxy), defaults: false, found });
  });
});

if (WIDE) {
  describe('by its defaults', () => {
    test.each(reverseProxies)('$name', async (proxy) => {
      const found = await measure(proxy, { defaults: true });
      measured.push({ proxy, version: versionOf(proxy), defaults: true, found });
    });

    test('docs/PROXIES.md is written', () => {
      expect(measured).toHaveLength(2 * reverseProxies.length);
      writeTable(measured);
    });
  });

  describe('a client through a forward proxy', () => {
    const lines: string[][] = [];
    test.each(forwardProxies)('$name', async (proxy) => {
      const found = await uploadThrough(proxy);
      expect(found).toEqual(proxy.rows.map(({ seen }) => seen));
      lines.push(...proxy.rows.map(({ does }, at) => [proxy.name, does, found[at] ?? '']));
    });

    test('docs/PROXIES.md is written', () => {
      writeLines('forward', [['proxy', 'upload', 'result'], ...lines]);
    });
  });
}

async function measure(
  proxy: ReverseProxy,
  { defaults }: { defaults: boolean },
): Promise<Record<ColumnName, string>> {
  const service = await testService();
  const counting = await startCountingNode();
  const { port } = await startFront(proxy, service.port, { defaults });
  const { port: countingPort } = await startFront(proxy, counting.port, { defaults });
  const found: Partial<Record<ColumnName, string>> = {};
  for (const [name, column] of Object.entries(columns))
    found[name as ColumnName] = await column
      .try({ service, counting, port, countingPort })
      .catch(({ code, message }: NodeJS.ErrnoException) => code ?? message);
  return found as Record<ColumnName, string>;
}
