import { readdirSync, readFileSync } from 'node:fs';
import { VERSION } from '@coupon-media/apiv3';
import { expect, test } from 'vitest';

test('every package is of one release, by its own file and by those that need it', () => {
  const files = ['package.json', ...readdirSync('packages').map((name) => `packages/${name}/package.json`)];
  for (const file of files) {
    const { version, dependencies = {}, peerDependencies = {} } = JSON.parse(readFileSync(file, 'utf8'));
    expect(version, file).toBe(VERSION);
    const ours = Object.entries({ ...dependencies, ...peerDependencies }).filter(([name]) =>
      /^(@coupon-media\/|coupon-media$)/.test(name),
    );
    expect(
      ours.map(([, needed]) => needed),
      file,
    ).toEqual(ours.map(() => VERSION));
  }
});

test('what is deployed is labelled with it', () => {
  expect(readFileSync('Dockerfile', 'utf8')).toContain(`ARG VERSION=${VERSION}\n`);
  expect(readFileSync('deploy/compose/compose.yaml', 'utf8')).toContain(`\${VERSION:-${VERSION}}`);
  expect(readFileSync('deploy/kubernetes/kustomization.yaml', 'utf8')).toContain(`newTag: ${VERSION}\n`);
});
