/**
 * The boundary that a request's Content-Type declares. `absent` means a form without a boundary parameter (contract
 * 4.5).
 */
export type DeclaredBoundary = { boundary: string } | 'absent' | 'illegal' | 'no form';

/** @param contentType the header, as sent */
export function readBoundary(contentType = ''): DeclaredBoundary {
  const { value, parameters } = parseHeaderValue(contentType);
  if (value !== 'multipart/form-data' || !parameters) return 'no form';
  const [boundary, ...more] = valuesOf(parameters, 'boundary');
  // No boundary parameter at all, as two clients send it: it is taken from the first `--` line (contract 4.5).
  if (boundary === undefined) return 'absent';
  return more.length === 0 && isBoundary(boundary) ? { boundary } : 'illegal';
}

/**
 * @param line the first line of a body that begins with `--`, with its line feed
 * @returns undefined if the line gives no legal boundary
 */
export function boundaryOfLine(line: string): string | undefined {
  const [, boundary = ''] = /^--(.{1,70}?)[ \t]{0,64}\r\n$/.exec(line) ?? [];
  return isBoundary(boundary) ? boundary : undefined;
}

/**
 * Reads the name of a part from its Content-Disposition.
 *
 * @param headers the header lines of the part, without the empty line
 * @returns undefined if there is no name, false if the header is ambiguous
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

/** The name of a parameter in lower case, and its value. */
type Parameter = readonly [name: string, value: string];

function valuesOf(parameters: readonly Parameter[], wanted: string): string[] {
  return parameters.filter(([name]) => name === wanted).map(([, value]) => value);
}

/**
 * Parses a header into its value in lower case and its parameters in order. A trailing `;`, missing white space, and
 * bare or quoted values are accepted (contract 4.2). The parameters are undefined if they are ambiguous.
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
 * Matches `;` and then either nothing or one parameter. No two neighbouring parts of the expression accept the same
 * character, so it fails in linear time. If two did, one header with a run of spaces would occupy the process for
 * minutes.
 */
const PARAMETER =
  /;[ \t]*(?:([^=;" \t]+)[ \t]*=[ \t]*(?:"((?:\\.|[^"\\])*)"[ \t]*|([^;" \t][^;"]*)?))?(?=;|$)/y;
