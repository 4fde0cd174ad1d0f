import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { CLI, run } from './support/run.js';

// Takes 20 s: a command is started for each one that a document names.
vi.setConfig({ testTimeout: 180_000 });

const documents = ['.', 'docs'].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md') && name !== 'CHANGELOG.md')
    .map((name) => path.join(folder, name)),
);

/** Commands that have commands of their own. */
const GROUPS = ['config', 'merchant', 'platform-key', 'store', 'token'];

/** Commands that can also be called without one of their own. */
const LOOSE_GROUPS: Record<string, readonly string[]> = {
  sandbox: ['init', 'requests', 'notify'],
  relay: ['forget', 'import'],
};

test('every command of coupon-media that a document names exists, with its options', async () => {
  const commands = commandsIn(documents.map((file) => readFileSync(file, 'utf8')).join('\n'));
  expect([...commands.keys()]).toEqual(expect.arrayContaining(['upload', 'serve', 'merchant add']));
  const { stdout: everywhere } = await run(process.execPath, [CLI, '--help']);
  const wrong: string[] = [];
  for (const [command, options] of commands) {
    const help = await run(process.execPath, [CLI, ...command.split(' '), '--help']);
    const lost = [...options].filter((option) => !`${everywhere}${help.stdout}`.includes(option));
    if (help.code !== 0 || lost.length > 0) wrong.push(`coupon-media ${command} ${lost.join(' ')}`);
  }
  expect(wrong).toEqual([]);
});

/** Commands as they stand in shell blocks and in backticks, with all options that they are given anywhere. */
function commandsIn(text: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const [, line = ''] of text
    .replaceAll('\\\n', ' ')
    .matchAll(/\bcoupon-media ([a-z](?:\\\||[^`\n#|])*)/g)) {
    const [name = '', ...words] = line.split(/[\s[\]]+/);
    const options = words.filter((word) => /^--[a-z]/.test(word));
    const [word = ''] = words;
    const isGroup = GROUPS.includes(name) || LOOSE_GROUPS[name]?.includes(word);
    for (const command of isGroup ? withSubcommands(name, word) : [name])
      found.set(command, new Set([...(found.get(command) ?? []), ...options]));
  }
  return found;
}

/** @param word one command, or several with a bar between them, as a table has them */
function withSubcommands(name: string, word: string): string[] {
  return word
    .split('\\|')
    .filter((each) => /^[a-z-]+$/.test(each))
    .map((each) => `${name} ${each}`);
}
