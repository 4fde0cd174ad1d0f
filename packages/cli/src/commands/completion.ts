import type { Command } from 'commander';
import { bashCompletion } from '../completion/bash.js';
import { commandTree } from '../completion/tree.js';
import { zshCompletion } from '../completion/zsh.js';
import type { Shell } from '../shell/shell.js';

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion } as const;

/** `coupon-media completion`. */
export function completion({ out }: Shell, shell: keyof typeof SCRIPTS, _: object, command: Command): void {
  const program = command.parent ?? command;
  out.write(SCRIPTS[shell](program.name(), commandTree(program)));
}
