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

/** @returns what is warned of at the start, by file or folder */
async function warnings(): Promise<object[]> {
  const warned: object[] = [];
  const log = { warn: (fields: object) => void warned.push(fields) };
  const engines = await openEmbeddedEngines({ data }, Date.now, log);
  await engines.close();
  return warned;
}

test('a folder that is its owner’s alone is not warned of, whatever is in it', async () => {
  await writeFile(path.join(data, 'credentials.json'), '{}', { mode: 0o666 });
  expect(await warnings()).toEqual([]);
});

test('a data folder that anybody can write to, and files with keys that were there before', async () => {
  const file = path.join(data, 'credentials.json');
  await writeFile(file, '{}');
  await chmod(file, 0o644);
  await chmod(data, 0o777);
  expect(await warnings()).toEqual([{ folder: data }, { file }]);
});

test('a folder as /tmp is: only owners remove what is theirs', async () => {
  await chmod(data, 0o1777);
  expect(await warnings()).toEqual([]);
});
