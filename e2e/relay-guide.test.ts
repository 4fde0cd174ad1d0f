import { readFileSync } from 'node:fs';
import { rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { CLI, type Running, run, startCouponMedia } from './support/run.js';
import { temporaryFolder } from './support/sandbox.js';

// Takes 10 s: a sandbox, a relay, and a dozen commands.
vi.setConfig({ testTimeout: 180_000 });

let folder: string;
const running: Running[] = [];
beforeAll(async () => {
  folder = await temporaryFolder();
  await symlink(path.resolve('node_modules'), path.join(folder, 'node_modules'));
});
afterAll(async () => {
  for (const one of running.reverse()) await one.stop();
  await rm(folder, { recursive: true, force: true });
});

test('docs/relay.md leads from an empty folder to the first URL, by its own commands', async () => {
  const ports = new Map<string, string>();
  const outputs: string[] = [];
  for (const block of shellBlocks(readFileSync('docs/relay.md', 'utf8'))) {
    const serving = /^npx --no-install coupon-media ((?:sandbox|relay) .*--port (\d+).*)$/.exec(block.trim());
    if (serving) {
      const [, words = '', port = ''] = serving;
      ports.set(port, await serve(words));
    } else {
      const ended = await runShell(withPorts(block, ports));
      expect({ block, ...ended }).toMatchObject({ code: 0 });
      outputs.push(ended.stdout);
    }
  }
  const [first = ''] = outputs.filter((output) => output.startsWith('{'));
  const shown = JSON.parse(
    /^```json\n(\{\n {2}"image_url".*?)^```/ms.exec(readFileSync('docs/relay.md', 'utf8'))?.[1] ?? '',
  );
  expect(Object.keys(JSON.parse(first))).toEqual(Object.keys(shown));
  expect(JSON.parse(first)).toMatchObject({
    image_url: withPorts(shown.image_url, ports),
    sha256: shown.sha256,
    reused: false,
  });
  const { stdout } = await runShell('npx --no-install coupon-media audit --data relay');
  expect(stdout).toMatch(/token-created .*\n.*upload .*published .*\n.*request .*plain {2}published/);
  // The caller by APIv3 got the same URL; what was forgotten was taken over from the ledger of another upload.
  expect(stdout).toMatch(/request {2}1900000109 .*apiv3 {2}reused .*\n(?:.*\n)*.*forget .*\n.*import /);
  expect(outputs.join('')).toContain('1 image taken over for shop, 0 known before');
});

/** What is installed here needs no npm install. */
function shellBlocks(text: string): string[] {
  return Array.from(text.matchAll(/^```sh\n(?!npm install)(.*?)^```$/gms), ([, block = '']) => block);
}

/** @returns the port that it took */
async function serve(words: string): Promise<string> {
  const args = words.replace(/--port \d+/, '--port 0').split(' ');
  const place = new Set(['--data', '--accounts']);
  const started = startCouponMedia(
    ...args.map((word, at) => (place.has(args[at - 1] ?? '') ? path.join(folder, word) : word)),
  );
  running.push(started);
  const output = await started.prints(words.startsWith('sandbox') ? 'Ctrl-C' : 'coupon-media relay:');
  return /(?:127\.0\.0\.1:| port )(\d+)/.exec(output)?.[1] ?? '';
}

function withPorts(text: string, ports: ReadonlyMap<string, string>): string {
  return [...ports].reduce(
    (result, [shown, real]) => result.replaceAll(`127.0.0.1:${shown}`, `127.0.0.1:${real}`),
    text,
  );
}

async function runShell(script: string) {
  const npx = `npx() { '${process.execPath}' '${path.resolve(CLI)}' "\${@:3}"; }`;
  const home = `unset XDG_CONFIG_HOME XDG_STATE_HOME; export HOME='${folder}' LANG=C; cd '${folder}'`;
  return run('bash', ['-c', `set -eo pipefail; ${npx}; ${home}\n${script}`]);
}
