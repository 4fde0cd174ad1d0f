import { effect } from '@preact/signals';
import { render } from 'preact';
import { language } from './messages/language.js';
import { askForDoor } from './server/door.js';
import { Frame } from './shell/frame.js';

const root = document.getElementById('console');
if (root) render(<Frame />, root);
void askForDoor();

effect(() => {
  document.documentElement.lang = language.value;
});
