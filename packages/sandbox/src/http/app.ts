import { knownHosts } from '@coupon-media/server';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { streamSSE } from 'hono/streaming';
import { responsesApi } from '../calls/api.js';
import type { Responses } from '../calls/table.js';
import { addFaultRoutes, type FaultRoutes } from '../faults/routes.js';
import { toCurl } from '../journal/curl.js';
import { type ExportOptions, toHar } from '../journal/har.js';
import type { Journal } from '../journal/journal.js';
import type { ReceivedRequest } from '../journal/received-request.js';
import type { Replay } from '../journal/replay.js';
import { detailOf, viewOf } from '../journal/view.js';
import { notificationsApi } from '../notify/api.js';
import type { Notify } from '../notify/notify.js';
import { SandboxError, type SandboxErrorCode } from '../run/sandbox-error.js';
import { credentialsView, type SandboxPlace } from './credentials.js';
import { guard } from './guard.js';

export interface AppOptions extends FaultRoutes {
  readonly journal: Journal;
  readonly replay: Replay;
  readonly responses: Responses;
  readonly notify: Notify;
  readonly place: () => SandboxPlace;
  readonly allowedHosts: readonly string[];
  /** Aborted when the sandbox stops: it ends the streams. */
  readonly stopping: AbortSignal;
}

/** The sandbox's own API, everything under `/sandbox`. */
export function createApp(options: AppOptions): Hono {
  const { journal, replay, responses, notify, allowedHosts, stopping } = options;
  const app = new Hono();
  app.use(guard(allowedHosts));
  app.use(async (context, next) => {
    const message = filterFault(context.req.query());
    return message === undefined ? next() : context.json({ code: 'FILTER', message }, 400);
  });
  app.get('/sandbox/credentials', (context) => context.json(credentialsView(options.place())));
  app.get('/sandbox/requests', (context) =>
    context.json({
      requests: filtered(journal.requests(), context.req.query()).map(viewOf),
      gaveWay: journal.gaveWay(),
    }),
  );
  app.delete('/sandbox/requests', (context) => {
    journal.clear();
    return context.body(null, 204);
  });
  app.get('/sandbox/requests/events', (context) => events(context, journal, stopping));
  app.get('/sandbox/requests.har', (context) =>
    context.json(toHar(filtered(journal.requests(), context.req.query()), exportOptions(context))),
  );
  app.get('/sandbox/requests/:number{\\d+}/curl', (context) => {
    const request = journal.request(Number(context.req.param('number')));
    return request ? context.text(`${toCurl(request, exportOptions(context))}\n`) : context.json(GONE, 404);
  });
  app.get('/sandbox/requests/:number{\\d+}/body', (context) => {
    const request = journal.request(Number(context.req.param('number')));
    if (!request) return context.json(GONE, 404);
    if (request.isCut) return context.json(CUT, 410);
    return context.body(new Uint8Array(request.body), 200, { 'Content-Type': 'application/octet-stream' });
  });
  app.get('/sandbox/requests/:number{\\d+}', (context) => {
    const request = journal.request(Number(context.req.param('number')));
    if (!request) return context.json(GONE, 404);
    return context.json(detailOf(request, { signature: exportOptions(context).whole }));
  });
  addFaultRoutes(app, options);
  app.route('/sandbox/responses', responsesApi(responses));
  app.route('/sandbox/notifications', notificationsApi(notify, knownHosts(allowedHosts)));
  const isShort = bodyLimit({ maxSize: 64 * 1024, onError: (context) => context.json(TOO_LARGE, 413) });
  app.post('/sandbox/requests/:number{\\d+}/replay', isShort, async (context) => {
    const options = await replayOptions(context);
    if (options === undefined) return context.json(REPLAY, 400);
    const repeated = await replay(Number(context.req.param('number')), options);
    return context.json(detailOf(repeated, { signature: exportOptions(context).whole }));
  });
  app.onError((error, context) => {
    if (error instanceof HTTPException) return error.getResponse();
    if (!(error instanceof SandboxError))
      return context.json({ code: 'FAILED', message: error.message }, 500);
    const { code, message, texts } = error;
    return context.json({ code, message, texts }, STATUS[code] ?? 400);
  });
  app.notFound((context) => context.json(UNKNOWN, 404));
  return app;
}

const GONE = {
  code: 'NOT_FOUND',
  message: 'there is no such request, or it gave way to newer ones',
} as const;
const CUT = {
  code: 'DROPPED',
  message: 'only the beginning of this body is kept: the journal was full',
} as const;
const UNKNOWN = { code: 'NOT_FOUND', message: 'there is nothing at this path; see docs/sandbox.md' } as const;

const TOO_LARGE = { code: 'TOO_LARGE', message: 'the body is larger than 64 KiB' } as const;

const REPLAY = {
  code: 'REPLAY',
  message: 'a replay takes {}, {"resign":false} or {"resign":true}, and nothing else',
} as const;

const STATUS: Partial<Record<SandboxErrorCode, 404 | 409 | 410>> = {
  NOT_FOUND: 404,
  INCOMPLETE: 409,
  DROPPED: 410,
};

/** @returns undefined if the body is none */
async function replayOptions({ req }: Context): Promise<{ resign: boolean } | undefined> {
  const body = await req.text();
  if (body === '') return { resign: false };
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const { resign = false, ...others } = value as { resign?: unknown };
    return typeof resign === 'boolean' && Object.keys(others).length === 0 ? { resign } : undefined;
  } catch {
    return undefined;
  }
}

function exportOptions({ req }: Context): ExportOptions {
  return { origin: `http://${req.header('host') ?? ''}`, whole: req.query('whole') === '1' };
}

/** Each filter by the name of its parameter. */
const FILTERS: Readonly<Record<string, (request: ReceivedRequest, value: string) => boolean>> = {
  outcome: ({ outcome }, value) => outcome === value,
  status: ({ response }, value) => String(response?.status) === value,
  caller: ({ caller }, value) => caller === value,
  path: ({ url }, value) => url.split('?', 1)[0] === value,
  filename: ({ upload }, value) => upload?.filename === value,
  sha256: ({ upload }, value) => upload?.fileSha256 === value.toLowerCase(),
  number: ({ number }, value) => number === Number(value),
  after: ({ number }, value) => number > Number(value),
};

/** Filters whose value is a number. */
const NUMBERS: ReadonlySet<string> = new Set(['status', 'number', 'after']);

/** @returns what is wrong with the parameters */
function filterFault(query: Readonly<Record<string, string>>): string | undefined {
  for (const [name, value] of Object.entries(query)) {
    if (name !== 'whole' && !Object.hasOwn(FILTERS, name))
      return `there is no filter ${JSON.stringify(name)}; there are ${Object.keys(FILTERS).join(', ')}`;
    if (NUMBERS.has(name) && !/^\d{1,15}$/.test(value)) return `the filter ${name} takes a number`;
  }
  return undefined;
}

function filtered(
  requests: readonly ReceivedRequest[],
  query: Readonly<Record<string, string>>,
): readonly ReceivedRequest[] {
  return requests.filter((request) =>
    Object.entries(query).every(([name, value]) => FILTERS[name]?.(request, value) ?? true),
  );
}

/**
 * Sends each request when it has ended, as a server-sent event, if it passes the filters. Whoever says what they have seen, by `after` or
 * as browsers do by `Last-Event-ID`, receives what is kept of the later ones first.
 */
function events(context: Context, journal: Journal, stopping: AbortSignal): Response {
  const { after = context.req.header('last-event-id'), ...query } = context.req.query();
  return streamSSE(context, async (stream) => {
    const ended = new Promise<void>((resolve) => {
      stream.onAbort(resolve);
      stopping.addEventListener('abort', () => resolve(), { once: true });
      if (stopping.aborted) resolve();
    });
    const sent = new Set<number>();
    const send = (request: ReceivedRequest): void => {
      if (sent.delete(request.number) || filtered([request], query).length === 0) return;
      // A reader that is gone is noticed by onAbort.
      stream.writeSSE({ id: String(request.number), data: JSON.stringify(viewOf(request)) }).catch(() => {});
    };
    const unfollow = journal.follow(send);
    stream.write(': the requests of this sandbox, as they end\n\n').catch(() => {});
    for (const request of after === undefined ? [] : filtered(journal.requests(), { after })) {
      send(request);
      // One that has its response is listed, and may end only afterwards.
      sent.add(request.number);
    }
    await ended;
    unfollow();
  });
}
