import { readdirSync, readFileSync } from 'node:fs';
import { VERSION } from '@coupon-media/apiv3';
import { expect, test } from 'vitest';

test('all packages have the same version, in their own files and in those that require them', () => {
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

test('the deployed labels have the same version', () => {
  expect(readFileSync('Dockerfile', 'utf8')).toContain(`ARG VERSION=${VERSION}\n`);
  expect(readFileSync('deploy/compose/compose.yaml', 'utf8')).toContain(`\${VERSION:-${VERSION}}`);
  expect(readFileSync('deploy/kubernetes/kustomization.yaml', 'utf8')).toContain(`newTag: ${VERSION}\n`);
});
