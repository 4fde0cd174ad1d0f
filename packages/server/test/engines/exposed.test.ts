import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { openEmbeddedEngines } from '../../dist/engines/embedded.js';

let data: string;
beforeEach(async () => {
  data = await mkdtemp(path.join(tmpdir(), 'exposed-'));
  return () => rm(data, { recursive: true });
});

/** @returns the files and folders that the start warns about */
async function warnings(): Promise<object[]> {
  const warned: object[] = [];
  const log = { warn: (fields: object) => void warned.push(fields) };
  const engines = await openEmbeddedEngines({ data }, Date.now, log);
  await engines.close();
  return warned;
}

test('there is no warning about a folder that only its owner can enter, whatever it contains', async () => {
  await writeFile(path.join(data, 'credentials.json'), '{}', { mode: 0o666 });
  expect(await warnings()).toEqual([]);
});

test('there are warnings about a folder that anybody can write to, and about exposed files with keys', async () => {
  const file = path.join(data, 'credentials.json');
  await writeFile(file, '{}');
  await chmod(file, 0o644);
  await chmod(data, 0o777);
  expect(await warnings()).toEqual([{ folder: data }, { file }]);
});

test('there is no warning about a folder like /tmp, in which only owners can remove their files', async () => {
  await chmod(data, 0o1777);
  expect(await warnings()).toEqual([]);
});
