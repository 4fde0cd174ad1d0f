import type { Text } from '@coupon-media/apiv3';
import { language } from '../messages/language.js';
import { addressOf } from './address.js';
import { offline, problemOf, type ServerProblem } from './problem.js';

/**
 * Asks the sandbox's own API, everything under `/sandbox`. It admits its own page without a token.
 *
 * @param path without a slash in front: `sandbox/faults`
 * @param body JSON to send; DELETE and POST need its type even without one
 */
export async function askSandbox(
  path: string,
  { method = 'GET', body, signal: aborted }: SandboxQuestion = {},
): Promise<Response | ServerProblem> {
  const isWrite = method !== 'GET';
  try {
    const response = await fetch(addressOf(path), {
      method,
      headers: isWrite ? { 'Content-Type': 'application/json' } : {},
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(aborted && { signal: aborted }),
    });
    return response.ok ? response : await problemIn(response);
  } catch (error) {
    if (aborted?.aborted) throw error;
    return offline();
  }
}

export interface SandboxQuestion {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: object;
  readonly signal?: AbortSignal;
}

/** Its refusals are `{ code, message, texts }`, where the door's are problems of RFC 9457. */
async function problemIn(response: Response): Promise<ServerProblem> {
  const body = await response.text();
  const problem = problemOf(response.status, body, response.headers.get('retry-after'));
  try {
    const { code, message, texts } = JSON.parse(body) as Partial<SandboxRefusal>;
    if (typeof code !== 'string' || typeof message !== 'string') return problem;
    return { ...problem, code, text: texts?.[language.value] ?? message };
  } catch {
    return problem;
  }
}

interface SandboxRefusal {
  readonly code: string;
  readonly message: string;
  readonly texts: Text;
}
