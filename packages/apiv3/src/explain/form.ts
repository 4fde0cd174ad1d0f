import { readBoundary } from '../form-headers.js';
import { createMultipartReader, type MultipartFault } from '../multipart.js';

/** A part of a captured form, as Latin-1 text: one character per byte. */
export interface FormPart {
  name: string | undefined;
  /** The header lines of the part. */
  headers: string;
  content: string;
}

/** A captured form. */
export interface Form {
  /** The complete parts that the service finds. */
  parts: readonly FormPart[];
  /** What is wrong with the form; undefined if it is valid. */
  fault: MultipartFault | undefined;
  /** The parts that its writer meant: by the first `--` line, whatever the headers declare and whatever ends the lines. */
  meant: readonly FormPart[];
}

/**
 * Reads a captured form by the service's own reader, and once more leniently, to tell what its writer meant.
 *
 * @param contentType the request's header; undefined if it is not known
 * @param body Latin-1 text
 */
export function readForm(contentType: string | undefined, body: string): Form {
  const found: { name: string | undefined; content: string; ended: boolean }[] = [];
  const reader = createMultipartReader(contentType ?? UNDECLARED, {
    partBegin: (name) => void found.push({ name, content: '', ended: false }),
    partData(bytes) {
      const part = found.at(-1);
      if (part) part.content += bytes.toString('latin1');
    },
    partEnd() {
      const part = found.at(-1);
      if (part) part.ended = true;
    },
  });
  reader.write(Buffer.from(body, 'latin1'));
  const fault = reader.end();
  const meant = partsMeant(body);
  const parts = found
    .filter(({ ended }) => ended)
    .map(({ name, content }) => ({ name, content, headers: headersOf(name, meant) }));
  return { parts, fault, meant };
}

/** Without a boundary parameter, the first `--` line gives the boundary (contract 4.5). */
const UNDECLARED = 'multipart/form-data';

/** The boundary that a body uses by its first `--` line, and whether this line ends in LF alone. */
export interface UsedBoundary {
  boundary: string;
  endsInLineFeed: boolean;
}

/** @returns undefined if the body does not look like a form */
export function usedBoundary(body: string): UsedBoundary | undefined {
  const [, boundary, carriageReturn] = DELIMITER.exec(body) ?? [];
  return boundary === undefined ? undefined : { boundary, endsInLineFeed: carriageReturn === '' };
}

/** @returns the boundary that the Content-Type declares, if it declares a legal one */
export function declaredBoundary(contentType: string): string | undefined {
  const declared = readBoundary(contentType);
  return typeof declared === 'string' ? undefined : declared.boundary;
}

const DELIMITER = /(?:^|\n)--([^\r\n]{1,200}?)[ \t]*(\r?)\n/;

function headersOf(name: string | undefined, meant: readonly FormPart[]): string {
  return meant.find((part) => part.name === name)?.headers ?? '';
}

function partsMeant(body: string): FormPart[] {
  const used = usedBoundary(body);
  if (!used) return [];
  const lineEnd = used.endsInLineFeed ? '\n' : '\r\n';
  const [, ...parts] = `${lineEnd}${body}`.split(`${lineEnd}--${used.boundary}`);
  return parts.flatMap((part) => {
    const end = part.indexOf(lineEnd + lineEnd);
    if (end < 0) return [];
    const headers = part.slice(0, end);
    const name = /[;\s]name="?([^";\r\n]*)/i.exec(headers)?.[1];
    return [{ name, headers, content: part.slice(end + 2 * lineEnd.length) }];
  });
}
