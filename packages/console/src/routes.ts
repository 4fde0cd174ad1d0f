import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ConsoleFile } from './files.js';

/** A route of a service. The `Route` of `@coupon-media/server` takes it as it is. */
export interface ConsoleRoute {
  readonly path: string | RegExp;
  readonly takes: (request: IncomingMessage) => boolean;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

export interface ConsoleOptions {
  /** Whether a request came under a name of the service; any other gets the 404 of an unknown path. Default: each one did. */
  readonly isAtHome?: ((request: IncomingMessage) => boolean) | undefined;
}

/**
 * The page under `/console`, and `/`, which leads readers of HTML there. The files are read with the first request for one of them.
 *
 * All addresses are relative, so that the page works behind a proxy that adds a path in front.
 */
export function consoleRoutes({ isAtHome = () => true }: ConsoleOptions = {}): readonly ConsoleRoute[] {
  let files: Promise<ReadonlyMap<string, ConsoleFile>> | undefined;

  async function fileOf(request: IncomingMessage): Promise<ConsoleFile | undefined> {
    files ??= import('./files.js').then(({ readFiles }) => readFiles());
    // A failure, such as too many open files, is tried again by the next request.
    files.catch(() => {
      files = undefined;
    });
    return (await files).get(pathOf(request).slice(FOLDER.length) || 'index.html');
  }

  const takes = (request: IncomingMessage) => READS.has(request.method ?? '') && isAtHome(request);
  return [
    { path: '/', takes: (request) => takes(request) && isForReaders(request), handle: lead },
    { path: '/console', takes, handle: lead },
    {
      path: /^\/console\//,
      takes,
      async handle(request, response) {
        const file = await fileOf(request);
        if (file) await send(request, response, file);
        else await end(response, 404, { 'Content-Length': '0' });
      },
    },
  ];
}

const FOLDER = '/console/';
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** Browsers name HTML; programs that take anything get what any unknown path gets. */
function isForReaders({ headers }: IncomingMessage): boolean {
  return /(?:^|[,\s])text\/html\b/i.test(headers.accept ?? '');
}

/** From `/` and from `/console` the same relative address leads to the page, whatever stands in front of it. */
function lead(_request: IncomingMessage, response: ServerResponse): Promise<void> {
  const headers = {
    Location: 'console/',
    'Cache-Control': 'no-store',
    Vary: 'Accept',
    'Content-Length': '0',
  };
  return end(response, 302, headers);
}

async function send(
  { headers, method }: IncomingMessage,
  response: ServerResponse,
  { bytes, etag, gzipped, isNamedByDigest, type }: ConsoleFile,
): Promise<void> {
  const always = {
    'Cache-Control': isNamedByDigest ? 'public, max-age=31536000, immutable' : 'no-cache',
    ETag: etag,
    Vary: 'Accept-Encoding',
    ...GUARDS,
  };
  if (headers['if-none-match'] === etag) return end(response, 304, always);
  const isGzip = gzipped !== undefined && /\bgzip\b/.test(String(headers['accept-encoding'] ?? ''));
  const body = isGzip ? gzipped : bytes;
  const described = {
    ...always,
    'Content-Type': type,
    'Content-Length': String(body.length),
    ...(isGzip && { 'Content-Encoding': 'gzip' }),
  };
  return end(response, 200, described, method === 'HEAD' ? undefined : body);
}

/** The page loads nothing from elsewhere, runs no script in its text, and stands in no frame. */
const GUARDS = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    // Previews of files that were not sent yet are blobs.
    "img-src 'self' blob:",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types default',
  ].join('; '),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
} as const;

/** The path as it was sent, of a target in absolute form, too. */
function pathOf({ url = '' }: IncomingMessage): string {
  return url.replace(/^https?:\/\/[^/?#]*/i, '').split('?', 1)[0] ?? '';
}

/** Resolves when the response was written, or its reader is gone. */
function end(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body?: Buffer,
): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', resolve);
    response.writeHead(status, headers);
    response.end(body, resolve);
  });
}
