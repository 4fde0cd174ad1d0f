/** The two parts of an upload's form, as far as they are found. Bytes are Latin-1 text: one character a byte. */
export interface FormParts {
  meta?: string;
  file?: string;
}

/**
 * Finds meta and file in a multipart body, going by the parts' names (contract 4.3) and taking the boundary from the first
 * `--` line (contract 4.5). Good enough to look at a failed request; the service reads with a stricter parser.
 *
 * @returns undefined where the body is no multipart form
 */
export function findParts(body: string): FormParts | undefined {
  const delimiter = /(?:^|\r\n)(--[^\r\n]{1,70})\r\n/.exec(body)?.[1];
  if (delimiter === undefined) return undefined;
  const parts: FormParts = {};
  for (const part of `\r\n${body}`.split(`\r\n${delimiter}`)) {
    const headersEnd = part.indexOf('\r\n\r\n');
    const headers = part.slice(0, Math.max(headersEnd, 0));
    const name = /[;\s]name="?(meta|file)(?=["\s;]|$)/i.exec(headers)?.[1];
    if (name === 'meta' || name === 'file') parts[name] = part.slice(headersEnd + 4);
  }
  return parts;
}
