import { computed, signal } from '@preact/signals';
import { language, say } from '../messages/language.js';
import { SHELL } from '../messages/shell.js';
import { addressOf } from './address.js';
import { offline, problemOf } from './problem.js';

/** As whom the server takes this page. Its secret is a cookie, which no script of the page can read. */
export interface Who {
  /** `page`: this server's own page needs no token. */
  readonly by: 'session' | 'page';
  /** What people call the token that was entered. */
  readonly name: string;
  readonly account: string;
  /** What the token, or the page, may do: `upload`, `read`, `admin`. */
  readonly scopes: readonly string[];
}

/** Undefined: nobody is signed in. Null: the server was not asked yet. */
export const who = signal<Who | undefined | null>(null);
export const isEntered = computed(() => Boolean(who.value));
/** Why nobody is signed in any more, or why the token was not accepted. */
export const refused = signal<string | undefined>(undefined);

/** Asks the server as whom it takes this page: at the start, and when somebody may have signed in in another tab. */
export async function askWho(): Promise<void> {
  const answer = await call('GET');
  if (answer === undefined || answer.status >= 500) {
    // One at a time, however often somebody comes back to the tab meanwhile.
    clearTimeout(asking);
    asking = setTimeout(askWho, 3000);
    return;
  }
  const found = answer.status === 200 ? whoOf(await answer.text()) : undefined;
  if (found) setWho(found);
  // Nothing new: why the last session ended goes on being said, and one that began meanwhile goes on.
  else if (!isEntered.peek()) who.value = undefined;
}

let asking: ReturnType<typeof setTimeout> | undefined;

/** Exchanges a token for a session. The token is in no variable afterwards. */
export async function enter(text: string): Promise<void> {
  const token = /^\s*(cmr_[0-9a-f]{12}_[A-Za-z0-9_-]{43})\s*$/.exec(text)?.[1];
  if (token === undefined) {
    refused.value = say(SHELL.tokenForm);
    return;
  }
  const answer = await call('POST', { Authorization: `Bearer ${token}` });
  if (answer?.status === 200) return setWho(whoOf(await answer.text()));
  refused.value = await reasonOf(answer);
}

/** Ends the session, in the other tabs, too. What is unfinished stays, and goes on with the next one. */
export async function leave(): Promise<void> {
  const answer = await call('DELETE');
  // A session that was over already is left as well; any other refusal has left it open.
  if (answer?.ok || answer?.status === 401) return setWho(undefined);
  refused.value = await reasonOf(answer);
}

/** Takes note that the server does not let this page in any more. What is unfinished stays, and goes on with the next session. */
export function refuse(why: string): void {
  who.value = undefined;
  refused.value = why;
}

/** @returns the header that tells the page's own requests from those of any other page */
export function credentials(): Readonly<Record<string, string>> {
  return { 'Coupon-Media-Console': '1' };
}

// Whoever comes back to this tab may have signed in in another one, and a network that returns may have a session.
for (const event of ['focus', 'online']) addEventListener(event, () => void (isEntered.peek() || askWho()));

async function reasonOf(answer: Response | undefined): Promise<string> {
  if (!answer) return offline().text;
  return problemOf(answer.status, await answer.text(), answer.headers.get('retry-after')).text;
}

function setWho(found: Who | undefined): void {
  who.value = found;
  refused.value = undefined;
}

/** @returns undefined if the server cannot be reached */
function call(method: string, headers: Readonly<Record<string, string>> = {}): Promise<Response | undefined> {
  const base = new URL('..', new URL('.', document.baseURI)).pathname;
  const always = { ...credentials(), 'Accept-Language': language.value, 'Coupon-Media-Base': base };
  return fetch(addressOf('v1/session'), { method, headers: { ...always, ...headers } }).catch(
    () => undefined,
  );
}

function whoOf(text: string): Who | undefined {
  try {
    const { by, name, account, scopes } = JSON.parse(text) as Partial<Record<keyof Who, unknown>>;
    if (by !== 'session' && by !== 'page') return undefined;
    const may = Array.isArray(scopes) ? scopes.map(String) : [];
    return { by, name: String(name), account: String(account), scopes: may };
  } catch {
    return undefined;
  }
}
