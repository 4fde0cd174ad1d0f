import { computed, signal } from '@preact/signals';

/** The token, in memory: never in storage, in a cookie of ours, in an address, or in the document. */
const token = signal<string | undefined>(undefined);

export const isEntered = computed(() => token.value !== undefined);
/** What the server said when it refused the token that was entered last. */
export const refused = signal<string | undefined>(undefined);

/** @returns whether the text is a token at all; the server judges it with the first request */
export function enter(text: string): boolean {
  const found = /^\s*(cmr_[0-9a-f]{12}_[A-Za-z0-9_-]{43})\s*$/.exec(text)?.[1];
  if (found === undefined) return false;
  refused.value = undefined;
  token.value = found;
  return true;
}

export function leave(): void {
  token.value = undefined;
}

/** Forgets a token that the server does not accept. What is unfinished stays, and goes on with the next one. */
export function refuse(why: string): void {
  refused.value = why;
  token.value = undefined;
}

/** @returns the header that proves who asks; none if no token was entered */
export function credentials(): Readonly<Record<string, string>> {
  return token.value === undefined ? {} : { Authorization: `Bearer ${token.value}` };
}
