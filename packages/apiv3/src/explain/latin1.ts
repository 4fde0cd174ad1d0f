/** Converts bytes to text of one character each, so that lines of any encoding can be joined and compared. */
export function latin1(bytes: string | Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
