import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import { Problem } from '../problems/problem.js';
import type { DoorEnv, DoorServices } from './environment.js';
import { eventsRoute } from './routes.js';
import { imageView, laterView } from './views.js';

/** Milliseconds between two looks into the tables, which other nodes write, too; and between two signs of life. */
const LOOK = 500;
const ALIVE = 15_000;
/** Keys that are looked at again: of two nodes the later key may be committed first. */
const OVERLAP = 64;

/** `GET /v1/events`: what gets its URL, by any node; or one upload until it is settled. A reader that comes back says what it had last. */
export function addEvents(app: OpenAPIHono<DoorEnv>, services: DoorServices): void {
  app.openapi(eventsRoute, async (context) => {
    const { upload } = context.req.valid('query');
    if (upload === undefined) return streamSSE(context, (stream) => followImages(context, stream, services));
    if (!(await services.later.find(context.get('token').account, upload))) {
      throw new Problem('not-found', UNKNOWN);
    }
    return streamSSE(context, (stream) => followUpload(context, stream, upload, services));
  });
}

async function followImages(
  context: Context<DoorEnv>,
  stream: SSEStreamingApi,
  { records, preparer, stopping }: DoorServices,
): Promise<void> {
  const { token, isStill } = context.get('admission');
  const { account } = token;
  const asked = Number(context.req.header('last-event-id') ?? Number.NaN);
  let last = Number.isSafeInteger(asked) && asked >= 0 ? asked : await records.newest(account);
  const sent = new Set<number>(Array.from({ length: OVERLAP }, (_, back) => last - back));
  await repeat(stream, stopping, async () => {
    if (!(await isStill())) return true;
    for (const image of await records.after(account, Math.max(0, last - OVERLAP), 1000)) {
      if (sent.has(image.seq)) continue;
      sent.add(image.seq);
      last = Math.max(last, image.seq);
      const data = JSON.stringify(await imageView(image, preparer, context.get('language')));
      await stream.writeSSE({ id: String(image.seq), event: 'image', data });
    }
    for (const seq of sent) if (seq < last - OVERLAP) sent.delete(seq);
    return false;
  });
}

async function followUpload(
  context: Context<DoorEnv>,
  stream: SSEStreamingApi,
  id: string,
  { later, preparer, stopping, worker }: DoorServices,
): Promise<void> {
  const { account } = context.get('token');
  let before = '';
  await repeat(
    stream,
    stopping,
    async () => {
      const found = await later.find(account, id);
      if (!found) return true;
      const data = JSON.stringify(await laterView(found, preparer, context.get('language')));
      if (data !== before) await stream.writeSSE({ event: 'upload', data });
      before = data;
      return found.state !== 'waiting';
    },
    (wake) => worker.onSettled((settled) => settled === id && wake()),
  );
}

/**
 * Looks until it is done, the reader is gone, or the service stops.
 *
 * @param follow calls its argument when looking is worth while at once
 */
async function repeat(
  stream: SSEStreamingApi,
  stopping: AbortSignal,
  look: () => Promise<boolean>,
  follow: (wake: () => void) => () => void = () => () => {},
): Promise<void> {
  const ended = new AbortController();
  const end = () => ended.abort();
  stream.onAbort(end);
  stopping.addEventListener('abort', end);
  let wake = () => {};
  const unfollow = follow(() => wake());
  let saidAt = performance.now();
  await stream.write(': events of coupon-media\n\n');
  try {
    while (!ended.signal.aborted && !stopping.aborted) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      if (await look()) return;
      if (performance.now() - saidAt > ALIVE) {
        await stream.write(':\n\n');
        saidAt = performance.now();
      }
      await Promise.race([woken, sleep(LOOK, undefined, { signal: ended.signal }).catch(() => {})]);
    }
  } finally {
    unfollow();
    stopping.removeEventListener('abort', end);
  }
}

const UNKNOWN = {
  'zh-CN': '该账户没有这次上传，或记录已过保留期。',
  en: 'The account has no such upload, or it was settled too long ago.',
};
