/** What a request's Content-Type says of the boundary; `absent` where it is a form's and gives none (contract 4.5). */
export type DeclaredBoundary = { boundary: string } | 'absent' | 'illegal' | 'no form';

/** @param contentType the request's header, as sent */
export function readBoundary(contentType = ''): DeclaredBoundary {
  const { value, parameters } = parseHeaderValue(contentType);
  if (value !== 'multipart/form-data' || !parameters) return 'no form';
  const [boundary, ...more] = valuesOf(parameters, 'boundary');
  // No boundary parameter at all, as two clients send it: it is taken from the first `--` line (contract 4.5).
  if (boundary === undefined) return 'absent';
  return more.length === 0 && isBoundary(boundary) ? { boundary } : 'illegal';
}

/**
 * @param line a body's first line that begins with `--`, its line feed included
 * @returns undefined where it tells no legal boundary
 */
export function boundaryOfLine(line: string): string | undefined {
  const [, boundary = ''] = /^--(.{1,70}?)[ \t]{0,64}\r\n$/.exec(line) ?? [];
  return isBoundary(boundary) ? boundary : undefined;
}

/**
 * A part's name, by its Content-Disposition.
 *
 * @param headers the part's lines, without the empty one
 * @returns undefined where none is given, false where it cannot be told
 */
export function readPartName(headers: string): string | undefined | false {
  const dispositions = headers
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
    .filter((line) => /^content-disposition[ \t]*:/i.test(line));
  const [line, ...more] = dispositions;
  if (line === undefined) return undefined;
  if (more.length > 0) return false;
  const { value, parameters } = parseHeaderValue(line.slice(line.indexOf(':') + 1));
  if (value !== 'form-data') return undefined;
  const names = parameters && valuesOf(parameters, 'name');
  return names && names.length < 2 ? names[0] : false;
}

/** RFC 2046: 1 to 70 characters, and no space at the end. */
function isBoundary(text: string): boolean {
  return text.length <= 70 && /^[0-9A-Za-z'()+_,\-./:=? ]*[0-9A-Za-z'()+_,\-./:=?]$/.test(text);
}

/** A parameter's name in lower case, and its value. */
type Parameter = readonly [name: string, value: string];

function valuesOf(parameters: readonly Parameter[], wanted: string): string[] {
  return parameters.filter(([name]) => name === wanted).map(([, value]) => value);
}

/**
 * A header's value in lower case and its parameters in order: `;` may trail, white space may be missing around it,
 * values may be bare or quoted (contract 4.2). Parameters are undefined where they cannot be told apart.
 */
function parseHeaderValue(header: string): { value: string; parameters?: Parameter[] } {
  const semicolon = header.indexOf(';');
  const value = (semicolon < 0 ? header : header.slice(0, semicolon)).trim().toLowerCase();
  const rest = semicolon < 0 ? '' : header.slice(semicolon);
  const parameters: Parameter[] = [];
  PARAMETER.lastIndex = 0;
  while (PARAMETER.lastIndex < rest.length) {
    const [all, name, quoted, bare = ''] = PARAMETER.exec(rest) ?? [];
    if (all === undefined) return { value };
    const unquoted = quoted?.replace(/\\(.)/g, '$1') ?? bare.trimEnd();
    if (name !== undefined) parameters.push([name.toLowerCase(), unquoted]);
  }
  return { value, parameters };
}

/**
 * `;`, then nothing or one parameter. No two neighbours in it take the same character, so that it fails in linear time:
 * with a run of spaces between two that did, one header would hold the process for minutes.
 */
const PARAMETER =
  /;[ \t]*(?:([^=;" \t]+)[ \t]*=[ \t]*(?:"((?:\\.|[^"\\])*)"[ \t]*|([^;" \t][^;"]*)?))?(?=;|$)/y;
