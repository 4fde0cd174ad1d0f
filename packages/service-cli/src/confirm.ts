import { openPrompt } from 'coupon-media/terminal';
import type { ServiceShell } from './messages/messages.js';

/**
 * Asks a question that needs a yes, where a person sits at a terminal.
 *
 * @returns undefined where nobody can answer
 */
export async function confirm(question: string, { err }: ServiceShell): Promise<boolean | undefined> {
  if (!process.stdin.isTTY || !err.isTerminal) return undefined;
  const prompt = openPrompt();
  try {
    err.write(`${question} `);
    return /^\s*(y|yes|是)\s*$/i.test((await prompt.next()) ?? '');
  } finally {
    prompt.end();
  }
}
