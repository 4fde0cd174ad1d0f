import { Argument, Command } from 'commander';
import { bashCompletion } from '../completion/bash.js';
import { commandTree } from '../completion/tree.js';
import { zshCompletion } from '../completion/zsh.js';
import type { Shell } from '../shell/shell.js';

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion } as const;

export function completionCommand({ say, out }: Shell): Command {
  const command = new Command('completion')
    .description(say('completion.description'))
    .addArgument(new Argument('<shell>').choices(Object.keys(SCRIPTS)))
    .addHelpText('after', `\n${say('completion.help')}`);
  return command.action((shell: keyof typeof SCRIPTS) => {
    const program = command.parent ?? command;
    out.write(SCRIPTS[shell](program.name(), commandTree(program)));
  });
}
