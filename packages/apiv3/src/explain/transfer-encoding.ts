import type { FormPart } from './form.js';
import { latin1 } from './latin1.js';

/** A part whose bytes are encoded, which the service does not undo: it takes the bytes of a part as they are. */
export interface EncodedPart {
  /** As its `Content-Transfer-Encoding` says. */
  encoding: 'base64' | 'quoted-printable';
  /** What it stands for, as Latin-1 text. */
  decoded: string;
}

/** @returns undefined if the part is sent as it is */
export function encodedPart({ headers, content }: FormPart): EncodedPart | undefined {
  const encoding = /^content-transfer-encoding:[ \t]*(base64|quoted-printable)[ \t]*$/im
    .exec(headers)?.[1]
    ?.toLowerCase();
  if (encoding !== 'base64' && encoding !== 'quoted-printable') return undefined;
  const decoded = encoding === 'base64' ? latin1(Buffer.from(content, 'base64')) : withoutQuotes(content);
  return decoded === content ? undefined : { encoding, decoded };
}

function withoutQuotes(content: string): string {
  return content
    .replace(/=[ \t]*\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
