/** Takes the SHA-256 of a file, in a process beside the page. @returns 64 lower-case hex digits; undefined if it cannot be read */
export function digestOf(file: Blob): Promise<string | undefined> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./digest-worker.ts', import.meta.url), { type: 'module' });
    function end(digest: string | undefined): void {
      worker.terminate();
      resolve(digest);
    }
    worker.onmessage = ({ data }: MessageEvent<string | undefined>) => end(data);
    worker.onerror = () => end(undefined);
    worker.postMessage(file);
  });
}
