/** Bytes beyond which a file was not uploaded: the door takes no longer source. */
const MOST_BYTES = 32 * 1024 * 1024;

addEventListener('message', ({ data: file }: MessageEvent<Blob>) => {
  void digest(file)
    .catch(() => undefined)
    .then((hex) => postMessage(hex));
});

async function digest(file: Blob): Promise<string | undefined> {
  if (file.size > MOST_BYTES) return undefined;
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
