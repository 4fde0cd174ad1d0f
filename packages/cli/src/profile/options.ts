import { type Command, Option } from 'commander';
import type { Say } from '../messages/messages.js';
import { settingRows } from './settings.js';

/** Adds the options by which a command is told who calls, with what keys, where. */
export function withProfile(command: Command, say: Say): Command {
  command.addOption(new Option('--profile <file>', say('option.profile')));
  for (const [name, { flag, argument, description }] of settingRows) {
    if (!flag) continue;
    const option = new Option(`${flag} ${argument}`, say(description));
    // Under the setting's name, whatever the flag is called.
    option.attributeName = () => name;
    command.addOption(option);
  }
  return command;
}
