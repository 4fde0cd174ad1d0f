import { language } from '../messages/language.js';
import { addressOf } from './address.js';
import { offline, problemOf, REFUSED_TOKENS, type ServerProblem } from './problem.js';
import { credentials, refuse } from './session.js';

/**
 * Asks the server's door, as whoever uses the page.
 *
 * @param path without a slash in front: `v1/images`
 * @returns the response if it is a good one, or the reason why there is none
 * @throws the signal's reason when it is aborted
 */
export async function ask(
  path: string,
  {
    query = {},
    headers = {},
    signal,
  }: {
    readonly query?: Readonly<Record<string, string>>;
    readonly headers?: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
  },
): Promise<Response | ServerProblem> {
  const address = addressOf(path);
  address.search = new URLSearchParams(query).toString();
  try {
    const sent = { ...credentials(), ...headers, 'Accept-Language': language.value };
    const response = await fetch(address, { headers: sent, signal });
    if (response.ok) return response;
    const problem = problemOf(response.status, await response.text(), response.headers.get('retry-after'));
    if (REFUSED_TOKENS.has(problem.code)) refuse(problem.text);
    return problem;
  } catch {
    signal.throwIfAborted();
    return offline();
  }
}
