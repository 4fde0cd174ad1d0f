import { isUtf8 } from 'node:buffer';

/** @returns the bytes as text; undefined if they are none, such as those of an image under another name */
export function legibleText(bytes: Buffer): string | undefined {
  return isUtf8(bytes) && !bytes.includes(0) ? String(bytes) : undefined;
}
