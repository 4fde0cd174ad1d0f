import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readConfig, startService } from '../../dist/index.js';

const ROOT = new URL('../../../../', import.meta.url);
const DASHBOARD = 'deploy/grafana/coupon-media.json';
const ALERTS = 'deploy/prometheus/alerts.yaml';
const read = (file: string) => readFileSync(new URL(file, ROOT), 'utf8');

/** Metrics from elsewhere: Prometheus describes its targets, and node_exporter the disks. */
const OF_OTHERS = ['up', 'node_filesystem_avail_bytes', 'node_filesystem_size_bytes'];

/** Returns every metric of a running service, with its type and help. */
const told = new Map<string, { type: string; help: string }>();

beforeAll(async () => {
  const data = await mkdtemp(path.join(tmpdir(), 'coupon-media-metrics-'));
  const service = await startService(readConfig({ data, port: 0, metricsPort: 0, logLevel: 'silent' }, {}));
  const text = await (await fetch(`http://127.0.0.1:${service.metricsAddress?.port}/metrics`)).text();
  await service.stop();
  await rm(data, { recursive: true });
  for (const [, name = '', help = ''] of text.matchAll(/^# HELP (\S+) ?(.*)$/gm)) {
    const [, type = ''] = new RegExp(`^# TYPE ${name} (\\w+)$`, 'm').exec(text) ?? [];
    told.set(name, { type, help });
  }
});

afterAll(() => told.clear());

describe('every metric of this project', () => {
  test('has a description, and a name as Prometheus recommends', () => {
    const ours = [...told].filter(([name]) => name.startsWith('coupon_media_'));
    expect(ours.length).toBeGreaterThan(25);
    for (const [name, { type, help }] of ours) {
      expect(help.length, name).toBeGreaterThan(10);
      expect(name.endsWith('_total'), name).toBe(type === 'counter');
      if (type === 'histogram') expect(name).toMatch(/_seconds$/);
    }
  });

  test('is listed in docs/OPERATIONS.md', () => {
    const documented = read('docs/OPERATIONS.md');
    const ours = [...told.keys()].filter((name) => name.startsWith('coupon_media_'));
    expect(ours.filter((name) => !documented.includes(`\`${name}\``))).toEqual([]);
  });
});

test('every metric of this project is on the dashboard or in an alert', () => {
  const shown = expressions().flatMap(([, expression]) => metricsIn(expression));
  const names = new Set(
    shown.map((name) => (told.has(name) ? name : name.replace(/_(?:bucket|sum|count)$/, ''))),
  );
  const ours = [...told.keys()].filter((name) => name.startsWith('coupon_media_'));
  expect(ours.filter((name) => !names.has(name))).toEqual([]);
});

describe('the metrics in every Prometheus expression exist in a running service', () => {
  test.each(expressions())('%s', (_, expression) => {
    const names = metricsIn(expression);
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !OF_OTHERS.includes(name) && !isTold(name))).toEqual([]);
  });

  test('an expression is parsed completely', () => {
    const expression =
      'sum by (le) (rate(a_bucket{x="b_c",y!~"d"}[5m])) / on (engine) group_left e_total offset 30m > 0 or f - time()';
    expect(metricsIn(expression)).toEqual(['a_bucket', 'e_total', 'f']);
  });
});

test('every alert has a severity, a summary and a remedy', () => {
  const rules = alertRules();
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  for (const { alert, labels, annotations } of rules) {
    expect(['critical', 'warning', 'info'], alert).toContain(labels.severity);
    expect(annotations.summary, alert).toBeTruthy();
    expect(annotations.description, alert).toBeTruthy();
  }
});

test('every panel of the dashboard uses the selected data source', () => {
  const { panels, templating } = JSON.parse(read(DASHBOARD)) as Dashboard;
  expect(templating.list.map(({ name, type }) => [name, type])).toContainEqual(['datasource', 'datasource']);
  const asking = panels.filter(({ type }) => type !== 'row');
  for (const { title, datasource, targets = [] } of asking) {
    expect(datasource, title).toEqual({ type: 'prometheus', uid: '$' + '{datasource}' });
    expect(targets.length, title).toBeGreaterThan(0);
  }
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
});

interface Dashboard {
  panels: { id: number; title: string; type: string; datasource?: object; targets?: { expr: string }[] }[];
  templating: { list: { name: string; type: string }[] };
}

interface Rule {
  alert: string;
  expr: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

function alertRules(): Rule[] {
  const { groups } = parse(read(ALERTS)) as { groups: { rules: Rule[] }[] };
  return groups.flatMap(({ rules }) => rules);
}

function expressions(): [string, string][] {
  const { panels } = JSON.parse(read(DASHBOARD)) as Dashboard;
  const asked = panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }): [string, string] => [title, expr]),
  );
  return [...asked, ...alertRules().map(({ alert, expr }): [string, string] => [alert, expr])];
}

/** A histogram appears as three metrics. */
function isTold(name: string): boolean {
  if (told.has(name)) return true;
  const [, histogram = ''] = /^(.*)_(?:bucket|sum|count)$/.exec(name) ?? [];
  return told.get(histogram)?.type === 'histogram';
}

const KEYWORDS = ['and', 'or', 'unless', 'by', 'on', 'offset', 'group_left', 'bool'];

/** Names that are neither functions nor labels, and are not in a string. */
function metricsIn(expression: string): string[] {
  const bare = expression
    .replace(/\{[^}]*\}|\[[^\]]*\]|"[^"]*"/g, ' ')
    .replace(/\b(?:by|on|without|ignoring)\s*\([^)]*\)/g, ' ');
  const names = [...bare.matchAll(/(?<![\w.])[a-z_][a-z0-9_]*\b(?!\s*\()/g)].map(([name]) => name);
  return [...new Set(names.filter((name) => !KEYWORDS.includes(name)))];
}
