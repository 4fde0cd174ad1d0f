import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { HeadObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { type Dispatcher, Pool } from 'undici';

/** The headers of a response, by names in lower case. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Requests about the objects of one bucket. */
export interface SignedRequests {
  /** Sends a request about one object and returns its whole response, unless that is an error. */
  send(request: ObjectRequest): Promise<{ readonly headers: Headers; readonly body: Buffer }>;
  /** Sends a request, and returns the body while it arrives. The caller reads or destroys it. */
  open(request: ObjectRequest): Promise<Readable>;
  /** Ends all requests. */
  close(): void;
}

interface ObjectRequest {
  readonly method: 'PUT' | 'HEAD' | 'GET';
  readonly key: string;
  /** The headers of a PUT contain the length of the body, and its digest as `x-amz-content-sha256`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | Readable;
  readonly signal: AbortSignal;
}

/**
 * Sends requests with the library's endpoints, credentials and signer, but neither with its commands, which would be the greatest
 * cost of an upload (docs/decisions/008-cluster-store.md), nor with its connections (docs/decisions/049-what-a-node-of-a-cluster-costs.md).
 *
 * @param connections the most of them
 * @param connectTimeout milliseconds
 */
export function createSignedRequests(
  client: S3Client,
  bucket: string,
  region: string,
  { connections, connectTimeout }: { readonly connections: number; readonly connectTimeout: number },
): SignedRequests {
  const { config } = client;
  const scheme = { name: 'sigv4', signingName: 's3', signingRegion: region, properties: {} };
  let place: Promise<Place> | undefined;
  let isClosed = false;

  async function findPlace(): Promise<Place> {
    const [origin, signer] = await Promise.all([originOf(client, bucket), config.signer(scheme)]);
    const { protocol, hostname, port } = origin;
    const host = port === undefined ? hostname : `${hostname}:${port}`;
    // Whoever calls has deadlines of its own, so that a slow reader of an image is not cut off.
    const settings = { connections, connectTimeout, headersTimeout: 0, bodyTimeout: 0 };
    const pool = new Pool(`${protocol}//${host}`, settings);
    if (isClosed) void pool.destroy();
    return { origin, host, signer, pool };
  }

  async function signed({ method, key, headers = {}, body }: ObjectRequest) {
    place ??= findPlace().catch((error) => {
      place = undefined;
      throw error;
    });
    const { origin, host, signer, pool } = await place;
    const path = `${origin.path}${key}`;
    const { protocol, hostname } = origin;
    const request = { method, protocol, hostname, path, query: {}, headers: { host, ...headers } };
    // The date follows the store's clock if the library found a difference.
    const signingDate = new Date(Date.now() + config.systemClockOffset);
    const made = await signer.sign(request, { signingDate });
    // Without `reset`, undici would close the connection after a HEAD.
    return { pool, options: { method, path, headers: made.headers, body: body ?? null, reset: false } };
  }

  return {
    async send(request) {
      const { pool, options } = await signed(request);
      const { status, headers, body } = await wholeResponse(pool, options, request.signal);
      if (status >= 300) throw refusal(status, headers, body.toString());
      return { headers, body };
    },
    async open(request) {
      const { pool, options } = await signed(request);
      const { statusCode, headers, body } = await pool.request({ ...options, signal: request.signal });
      // A body that is destroyed before its end has an error, which nobody needs.
      body.on('error', () => undefined);
      if (statusCode >= 300) throw refusal(statusCode, headers, await body.text());
      return body;
    },
    close() {
      isClosed = true;
      place?.then(({ pool }) => pool.destroy()).catch(() => undefined);
    },
  };
}

interface WholeResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** By undici's dispatch: its `request` makes a stream of each body, which costs more than the empty body of a PUT is worth. */
function wholeResponse(
  pool: Pool,
  options: Dispatcher.DispatchOptions,
  signal: AbortSignal,
): Promise<WholeResponse> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    let controller: Dispatcher.DispatchController | undefined;
    let status = 0;
    let headers: IncomingHttpHeaders = {};
    const chunks: Buffer[] = [];

    /** A request that still waits for a connection is ended as soon as it has one. */
    function abort(): void {
      reject(signal.reason);
      controller?.abort(signal.reason);
    }

    signal.addEventListener('abort', abort, { once: true });
    pool.dispatch(options, {
      onRequestStart(given) {
        controller = given;
        if (signal.aborted) abort();
      },
      onResponseStart(_, statusCode, received) {
        status = statusCode;
        headers = received;
      },
      onResponseData(_, chunk) {
        chunks.push(chunk);
      },
      onResponseEnd() {
        signal.removeEventListener('abort', abort);
        resolve({ status, headers, body: Buffer.concat(chunks) });
      },
      onResponseError(_, error) {
        signal.removeEventListener('abort', abort);
        reject(error);
      },
    });
  });
}

/** Where requests go, and who signs them. */
interface Place {
  readonly origin: Origin;
  readonly host: string;
  readonly signer: Awaited<ReturnType<S3Client['config']['signer']>>;
  readonly pool: Pool;
}

/** The address of a bucket's objects. */
interface Origin {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  /** The prefix of a key in the URL; it ends with a slash. */
  readonly path: string;
}

/** Lets the library build a request, and intercepts it before it is sent. */
async function originOf(client: S3Client, Bucket: string): Promise<Origin> {
  const Key = 'key';
  const command = new HeadObjectCommand({ Bucket, Key });
  let made: Origin | undefined;
  command.middlewareStack.add(
    () => async (args) => {
      made = args.request as Origin;
      return { output: { $metadata: {} }, response: undefined };
    },
    { step: 'build', priority: 'low', name: 'resolveOnly' },
  );
  await client.send(command);
  if (!made?.path.endsWith(Key))
    throw new TypeError(`the objects of ${Bucket} have no addresses of their own`);
  const { protocol, hostname, port, path } = made;
  return { protocol, hostname, port, path: path.slice(0, -Key.length) };
}

/**
 * Creates the error that the library would throw. A refused HEAD has no message; the region of a bucket elsewhere is in a
 * header.
 */
function refusal(status: number, headers: Headers, body: string): S3ServiceException {
  const field = (name: string) => unescaped(new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1] ?? '');
  const region = headers['x-amz-bucket-region'];
  return new S3ServiceException({
    name: field('Code') || (status === 404 ? 'NotFound' : 'UnknownError'),
    message: field('Message') || (region === undefined ? '' : `the bucket is in the region ${region}`),
    $fault: status >= 500 ? 'server' : 'client',
    $metadata: { httpStatusCode: status, requestId: field('RequestId') },
  });
}

/** The characters that XML has names for. */
function unescaped(text: string): string {
  return text.replace(/&(lt|gt|quot|apos|#39|#34|amp);/g, (_, name: string) => ENTITIES[name] ?? '');
}

const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  '#39': "'",
  '#34': '"',
  amp: '&',
};
