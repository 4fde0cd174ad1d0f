import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { writeWhole } from '../dist/files/write-whole.js';
import { prepareManifest } from '../dist/manifest/manifest.js';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'whole-'));
  file = path.join(folder, 'urls.csv');
  return () => rm(folder, { recursive: true });
});

test('a link at the name that a manifest’s draft once had is not followed', async () => {
  const victim = path.join(folder, 'victim');
  await writeFile(victim, 'precious');
  const drafts = ['new', 'tmp', `${process.pid}.new`, `${process.pid}.tmp`].map(
    (suffix) => `${file}.${suffix}`,
  );
  for (const draft of drafts) await symlink(victim, draft);
  const manifest = await prepareManifest(file, { language: 'en', images: 1, dryRun: false });
  await manifest.write([{ path: 'a.png', status: 'failed' }]);
  expect(await readFile(victim, 'utf8')).toBe('precious');
  expect(await readFile(file, 'utf8')).toContain('a.png');
});

test('a link at the file’s own name is replaced, and what it leads to is left as it is', async () => {
  const victim = path.join(folder, 'victim');
  await writeFile(victim, 'precious');
  await symlink(victim, file);
  await writeWhole(file, 'new');
  expect([await readFile(victim, 'utf8'), await readFile(file, 'utf8')]).toEqual(['precious', 'new']);
});

test('what others could read before, they cannot read when it is written again', async () => {
  await writeFile(file, 'old');
  await chmod(file, 0o666);
  await writeWhole(file, 'new', 0o600);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('where it cannot be written, no draft stays behind', async () => {
  await mkdir(file);
  // The error names the file, not the draft.
  await expect(writeWhole(file, 'text')).rejects.toMatchObject({ code: 'EISDIR', path: file });
  expect(await readdir(folder)).toEqual([path.basename(file)]);
});
