import type { ImageDoubt, ImageFault, ImageInfo } from '@coupon-media/apiv3';

/** What is seen of a file before anything is sent. */
export interface Look {
  /** What its head says, or why it cannot be used as it is. */
  readonly image: ImageInfo | ImageFault;
  readonly doubts: readonly ImageDoubt[];
  /** Pixels of the narrowest transparent border; undefined if it was not looked for. */
  readonly clearMargin: number | undefined;
  /** At most 96 pixels long; undefined if the browser cannot show the image. */
  readonly thumbnail: Blob | undefined;
}

/** Looks at a file, in a process beside the page, one file after another. @returns undefined if it cannot be read */
export function lookAt(file: Blob): Promise<Look | undefined> {
  const id = ++asked;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    port().postMessage({ id, file } satisfies LookRequest);
  });
}

export interface LookRequest {
  readonly id: number;
  readonly file: Blob;
}

export interface LookAnswer {
  readonly id: number;
  readonly look: Look | undefined;
}

const waiting = new Map<number, (look: Look | undefined) => void>();
let asked = 0;
let opened: MessagePort | undefined;

/** The way to the worker, which is started with the first file. */
function port(): MessagePort {
  if (opened) return opened;
  const { port1, port2 } = new MessageChannel();
  opened = port1;
  port1.onmessage = ({ data }: MessageEvent<LookAnswer>) => {
    waiting.get(data.id)?.(data.look);
    waiting.delete(data.id);
  };
  const worker = new Worker(new URL('./look-worker.ts', import.meta.url), { type: 'module' });
  worker.onerror = () => {
    // What it was asked is answered with nothing; the next file gets another worker.
    opened = undefined;
    for (const resolve of waiting.values()) resolve(undefined);
    waiting.clear();
  };
  worker.postMessage('open', [port2]);
  return opened;
}
