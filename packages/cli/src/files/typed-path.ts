import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { withHome } from '../shell/home.js';

/**
 * Reads a path that a person typed or dropped into a question, as the shell of the terminal would have read it: `~`, quotes,
 * `\ `, `$HOME`; a `file:` URL, and the quotes and the `& ` of Windows. A file with exactly this name is taken as it is.
 */
export function typedPath(text: string, environment: NodeJS.ProcessEnv): string {
  if (existsSync(text)) return text;
  const dropped = text.replace(/^&\s+(?=['"])/, '');
  if (/^file:\/\/\//i.test(dropped)) return fromUrl(dropped);
  if (WINDOWS_PATH.test(dropped)) return dropped.replace(/^(['"])(.*)\1$/, '$2');
  return withHome(dropped).replace(PIECE, (piece, single, double, escaped, variable) => {
    if (double !== undefined)
      return double.replace(IN_DOUBLE_QUOTES, (whole: string, mark?: string, name?: string) =>
        mark === undefined ? valueIn(whole, name, environment) : mark,
      );
    return single ?? escaped ?? valueIn(piece, variable, environment);
  });
}

/** A backslash separates folders on Windows and escapes elsewhere. */
const WINDOWS_PATH = /^['"]?([A-Za-z]:[\\/]|\\\\)/;

/** Text in quotes, an escaped character, or a variable. A quote without its pair is an ordinary character. */
const PIECE = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|\$\{?(\w+)\}?/gs;
const IN_DOUBLE_QUOTES = /\\(["\\$`])|\$\{?(\w+)\}?/g;

/** @returns the value of a variable, or the text unchanged if there is no such variable */
function valueIn(text: string, name: string | undefined, environment: NodeJS.ProcessEnv): string {
  return (name !== undefined && environment[name]) || text;
}

function fromUrl(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    return url;
  }
}
