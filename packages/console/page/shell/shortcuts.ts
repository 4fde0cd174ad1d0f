import { computed } from '@preact/signals';
import { SHORTCUTS, type Shortcut } from '../keyboard/shortcuts.js';
import { KEYBOARD } from '../messages/keyboard.js';
import { say } from '../messages/language.js';
import { SHELL } from '../messages/shell.js';
import { rooms } from './route.js';

/** All shortcuts of the page: a digit for each room that this server has, and those that every room has. */
export const shortcuts = computed<readonly Shortcut[]>(() => [
  ...rooms.value.slice(0, 9).map((name, at) => ({
    key: String(at + 1),
    text: KEYBOARD.goTo,
    values: { room: say(SHELL[name]) },
    act() {
      location.hash = name;
    },
  })),
  ...SHORTCUTS,
]);
