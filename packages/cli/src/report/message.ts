import type { Style } from '../terminal/style.js';

/** A string to sign, line by line, each line feed shown: what is wrong with one is often invisible. */
export function messageLines(message: Buffer, style: Style): string[] {
  const lines = message.toString().split('\n');
  const last = lines.pop() ?? '';
  return [...lines.map((line) => `  ${line}${style.note('\\n')}`), ...(last === '' ? [] : [`  ${last}`])];
}
