import type { Text } from '@coupon-media/apiv3';
import { signal } from '@preact/signals';
import { KEYBOARD } from '../messages/keyboard.js';
import { focusSearch, forgetSearch } from './search.js';

/** One key, and what it does. */
export interface Shortcut {
  /** As `KeyboardEvent.key` says it. */
  readonly key: string;
  readonly text: Text;
  readonly values?: Readonly<Record<string, string>>;
  act(): void;
}

const KEY = 'coupon-media.shortcuts';

/** Whether single keys do something. Whoever speaks to their computer switches them off (WCAG 2.1.4). */
export const areOn = signal(kept());
export const isHelpOpen = signal(false);

/** The shortcuts that every room has. What a room is gives them something to act on. */
export const SHORTCUTS: readonly Shortcut[] = [
  { key: '?', text: KEYBOARD.help, act: () => (isHelpOpen.value = !isHelpOpen.value) },
  { key: '/', text: KEYBOARD.search, act: focusSearch },
  { key: 'm', text: KEYBOARD.content, act: () => document.querySelector('main')?.focus() },
  {
    key: 'Escape',
    text: KEYBOARD.close,
    act: () => document.querySelector<HTMLElement>('[data-close]')?.click(),
  },
];

export function switchShortcuts(on: boolean): void {
  areOn.value = on;
  try {
    localStorage.setItem(KEY, on ? 'on' : 'off');
  } catch {
    // A browser without storage asks again, and that is all.
  }
}

/** Carries out shortcuts for as long as the page is there. */
export function listenForShortcuts(all: () => readonly Shortcut[]): void {
  for (const other of ['keydown', 'pointerdown']) addEventListener(other, forgetSearch, { capture: true });
  addEventListener('keydown', (event) => {
    const { key, target, ctrlKey, altKey, metaKey, isComposing } = event;
    if (event.defaultPrevented || ctrlKey || altKey || metaKey || isComposing) return;
    const isTyping =
      target instanceof Element && target.closest('input:not([type="checkbox"]), textarea, select');
    // A dialog has the keys for itself, Escape among them.
    if (isTyping || document.querySelector('dialog[open]')) return;
    const found = all().find((one) => one.key === key);
    if (!found || (!areOn.value && key !== 'Escape')) return;
    event.preventDefault();
    found.act();
  });
}

function kept(): boolean {
  try {
    return localStorage.getItem(KEY) !== 'off';
  } catch {
    return true;
  }
}
