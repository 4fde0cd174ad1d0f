/**
 * Gives the bytes of a typed array, a DataView, an ArrayBuffer or a SharedArrayBuffer, without a copy. They are recognised by what they
 * are and not by their class: those of another realm (a vm context, the sandbox of Jest) have other classes.
 *
 * @returns undefined if the value is none of these
 */
export function bytesOf(value: unknown): Buffer | undefined {
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (isBuffer(value)) return Buffer.from(value);
  return undefined;
}

function isBuffer(value: unknown): value is ArrayBuffer {
  return /^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(value));
}
