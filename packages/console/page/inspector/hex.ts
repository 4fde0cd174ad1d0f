/** Bytes of one line. */
const WIDE = 16;

/**
 * Writes bytes as `hexdump -C` does: the offset, sixteen bytes, and what they are as ASCII.
 *
 * @param from where they stand in the whole
 */
export function hexLines(bytes: Uint8Array, from: number): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += WIDE) {
    const line = bytes.subarray(at, at + WIDE);
    const digits = Array.from(line, (byte) => byte.toString(16).padStart(2, '0'));
    const text = Array.from(line, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'));
    const offset = (from + at).toString(16).padStart(8, '0');
    lines.push(`${offset}  ${digits.join(' ').padEnd(3 * WIDE)} ${text.join('')}`);
  }
  return lines.join('\n');
}
