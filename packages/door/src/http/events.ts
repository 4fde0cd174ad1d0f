import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import type { RecordKey } from '../images/records.js';
import { createSharedLook } from '../images/shared-look.js';
import { Problem } from '../problems/problem.js';
import type { DoorEnv, DoorServices } from './environment.js';
import { eventsRoute } from './routes.js';
import { imageView, laterView } from './views.js';

/** Milliseconds between two looks into the tables, which other nodes write, too; and between two signs of life. */
const LOOK = 500;
const ALIVE = 15_000;
/** Milliseconds that are looked at again: of two nodes the earlier image may be committed later. */
const OVERLAP = 5_000;
/** Images of one look into the table. */
const PAGE = 500;

/** `GET /v1/events`: what gets its URL, by any node; or one upload until it is settled. A reader that comes back says what it had last. */
export function addEvents(app: OpenAPIHono<DoorEnv>, services: DoorServices): void {
  const { records } = services;
  const after = createSharedLook(records.after, LOOK / 2, () => performance.now());
  const followed = { ...services, records: { newest: records.newest, after } };
  app.openapi(eventsRoute, async (context) => {
    const { upload } = context.req.valid('query');
    if (upload === undefined) return streamSSE(context, (stream) => followImages(context, stream, followed));
    if (!(await services.later.find(context.get('token').account, upload))) {
      throw new Problem('not-found', UNKNOWN);
    }
    return streamSSE(context, (stream) => followUpload(context, stream, upload, services));
  });
}

async function followImages(
  context: Context<DoorEnv>,
  stream: SSEStreamingApi,
  {
    records,
    preparer,
    stopping,
  }: Pick<DoorServices, 'preparer' | 'stopping'> & {
    readonly records: Pick<DoorServices['records'], 'newest' | 'after'>;
  },
): Promise<void> {
  const { token, isStill } = context.get('admission');
  const { account } = token;
  const start = keyOf(context.req.header('last-event-id')) ?? (await records.newest(account));
  let newest = start.at;
  /** What was sent and is looked at again, by the id of its row. */
  const sent = new Map<number, number>();
  await repeat(stream, stopping, async () => {
    if (!(await isStill())) return true;
    const again = newest - OVERLAP;
    let from: RecordKey = again > start.at ? { at: again, id: 0 } : start;
    for (let isMore = true; isMore; ) {
      const images = await records.after(account, from, PAGE);
      for (const image of images) {
        if (sent.has(image.id)) continue;
        sent.set(image.id, image.at);
        newest = Math.max(newest, image.at);
        const data = JSON.stringify(await imageView(image, preparer, context.get('language')));
        await stream.writeSSE({ id: `${image.at}-${image.id}`, event: 'image', data });
      }
      from = images.at(-1) ?? from;
      isMore = images.length === PAGE;
    }
    for (const [row, at] of sent) if (at < newest - OVERLAP) sent.delete(row);
    return false;
  });
}

/** The id of an event is the key of its image. */
function keyOf(id: string | undefined): RecordKey | undefined {
  const [, at, row] = /^(\d{1,15})-(\d{1,15})$/.exec(id ?? '') ?? [];
  return at === undefined ? undefined : { at: Number(at), id: Number(row) };
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
