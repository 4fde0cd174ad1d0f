import type { Random } from './random.js';

/** What an upload is about, before it is signed. */
export interface Content {
  filename: unknown;
  /** Of the image, unless a mutation says otherwise. */
  sha256: unknown;
  image: Buffer;
  /** Makes meta's text of the two. */
  writeMeta(filename: unknown, sha256: unknown): string | Buffer;
}

/** A part of the form. */
export interface Part {
  /** Lines without their ends. */
  headers: string[];
  content: Buffer;
}

/** A request as it is being made up: every piece can be put wrong. */
export interface Draft {
  method: string;
  path: string;
  version: string;
  /** All but the framing, in order; Authorization and Content-Type among them. */
  headers: [name: string, value: string][];
  /** Authorization's fields, in order, and what it begins with. */
  authorization: { type: string; fields: [name: string, value: string][] };
  boundary: string;
  parts: Part[];
  preamble: string;
  /** What stands after the last boundary's own text. */
  ending: string;
}

/** A request as bytes, and what is done with the connection when they are written. */
export interface Wire {
  head: string;
  /** As it is framed: with chunk sizes, if it is chunked. */
  body: Buffer;
  /** Lengths of the writes it is cut into; the last one takes the rest. */
  writes: number[];
  ending: Ending;
  /** Whether the head goes alone, and the body only after `100 Continue`. */
  waits: boolean;
}

/** Wait for the answer; half-close; reset; or do nothing more and leave it to the service to end it. */
export type Ending = 'wait' | 'half-close' | 'reset' | 'stall';

/** A way of putting something wrong, and its name in the report. */
export type Mutation<Subject> = readonly [name: string, mutate: (subject: Subject, random: Random) => void];

/** @returns the form's bytes */
export function renderForm({ boundary, parts, preamble, ending }: Draft): Buffer {
  const pieces = parts.flatMap(({ headers, content }) => [
    Buffer.from(`--${boundary}\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`, 'latin1'),
    content,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([Buffer.from(preamble), ...pieces, Buffer.from(`--${boundary}--${ending}`)]);
}

/** @returns request line and headers, without the framing's and without the empty line */
export function renderHead({ method, path, version, headers, authorization }: Draft): string {
  const { type, fields } = authorization;
  const text = `${type} ${fields.map(([name, value]) => `${name}="${value}"`).join(',')}`;
  const lines = headers.map(([name, value]) => `${name}: ${value.replace('{authorization}', text)}\r\n`);
  return `${method} ${path} ${version}\r\n${lines.join('')}`;
}
