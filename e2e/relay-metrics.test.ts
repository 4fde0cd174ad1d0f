import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { makeImage } from './support/images.js';
import { metricsText } from './support/metrics.js';
import { relayOfTest } from './support/relay.js';
import { sandboxOfTest } from './support/sandbox.js';

const read = (file: string) => readFileSync(file, 'utf8');

test("the relay's metrics are those of its document, dashboard and rules, and count what happens", async () => {
  const { relay, client } = await relayOfTest(await sandboxOfTest(), { settings: { metricsPort: 0 } });
  const image = await makeImage('png', 1);
  await client.uploadImage(image, { filename: 'a.png' });
  await client.uploadImage(image, { filename: 'a.png' });
  const text = await metricsText(relay.metricsAddress?.port);
  expect(text).toMatch(/^coupon_media_relay_answers_total\{door="apiv3",outcome="published"\} 1$/m);
  expect(text).toMatch(/^coupon_media_relay_answers_total\{door="apiv3",outcome="reused"\} 1$/m);
  expect(text).toMatch(
    /^coupon_media_relay_upstream_duration_seconds_count\{host="[^"]+",result="200"\} 1$/m,
  );
  expect(text).toMatch(/^coupon_media_relay_backlog_uploads 0$/m);
  expect(text).toMatch(/^coupon_media_relay_upstream_breaker_state\{account="shop"\} 0$/m);

  const names = Array.from(
    text.matchAll(/^# TYPE (coupon_media_relay_\S+)/gm),
    ([, name = '']) => name,
  ).sort();
  expect(names.length).toBeGreaterThan(5);
  for (const file of ['docs/relay.md', 'docs/relay.zh-CN.md'])
    expect(namesIn(read(file)), file).toEqual(names);
  expect(namesIn(read('deploy/grafana/coupon-media-relay.json'))).toEqual(names);
  const rules = read('deploy/prometheus/relay-alerts.yaml');
  expect(names).toEqual(expect.arrayContaining(namesIn(rules)));

  const { groups } = parse(rules) as { groups: { rules: Rule[] }[] };
  for (const { alert, labels, annotations } of groups.flatMap((group) => group.rules)) {
    expect(['critical', 'warning'], alert).toContain(labels.severity);
    expect(annotations.summary && annotations.description, alert).toBeTruthy();
    for (const file of ['docs/relay.md', 'docs/relay.zh-CN.md'])
      expect(read(file), alert).toContain(`\n| ${alert} |`);
  }
});

interface Rule {
  readonly alert: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

function namesIn(text: string): string[] {
  const found = text.match(/\bcoupon_media_relay_[a-z_]+/g) ?? [];
  return [...new Set(found.map((name) => name.replace(/_(?:bucket|sum|count)$/, '')))].sort();
}
