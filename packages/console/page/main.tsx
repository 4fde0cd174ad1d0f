import { effect } from '@preact/signals';
import { render } from 'preact';
import { listenForShortcuts } from './keyboard/shortcuts.js';
import { language } from './messages/language.js';
import { askForDoor } from './server/door.js';
import { askWho } from './server/session.js';
import { Frame } from './shell/frame.js';
import { shortcuts } from './shell/shortcuts.js';
import { guardSinks } from './shell/trusted.js';

guardSinks();
const root = document.getElementById('console');
if (root) render(<Frame />, root);
void askForDoor();
void askWho();
listenForShortcuts(() => shortcuts.value);

effect(() => {
  document.documentElement.lang = language.value;
});
