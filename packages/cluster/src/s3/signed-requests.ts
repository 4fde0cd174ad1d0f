import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { HeadObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';

/**
 * Sends a request about one object and returns its response, unless that is an error. The caller reads or destroys the
 * body.
 */
export type SendSigned = (request: {
  readonly method: 'PUT' | 'HEAD' | 'GET';
  readonly key: string;
  /** The headers of a PUT contain the length of the body, and its digest as `x-amz-content-sha256`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | Readable;
  readonly signal: AbortSignal;
}) => Promise<{ readonly headers: Readonly<Record<string, string>>; readonly body: Readable }>;

/**
 * Sends requests with the library's endpoints, credentials, signer and connections, but without its other layers. Those
 * would take four times as long and would be the greatest cost of an upload (docs/decisions/008-cluster-store.md).
 */
export function createSignedRequests(client: S3Client, bucket: string, region: string): SendSigned {
  const { config } = client;
  const scheme = { name: 'sigv4', signingName: 's3', signingRegion: region, properties: {} };
  let signing: Promise<[Origin, Awaited<ReturnType<typeof config.signer>>]> | undefined;

  return async ({ method, key, headers = {}, body, signal }) => {
    signing ??= Promise.all([originOf(client, bucket), config.signer(scheme)]).catch((error) => {
      signing = undefined;
      throw error;
    });
    const [{ protocol, hostname, port, path }, signer] = await signing;
    const request = {
      method,
      protocol,
      hostname,
      ...(port !== undefined && { port }),
      path: `${path}${key}`,
      query: {},
      headers: { host: port === undefined ? hostname : `${hostname}:${port}`, ...headers },
      body,
    };
    // The date follows the store's clock if the library found a difference.
    const signingDate = new Date(Date.now() + config.systemClockOffset);
    const signed = await signer.sign(request, { signingDate });
    const { response } = await config.requestHandler.handle(signed as never, { abortSignal: signal });
    if (response.statusCode >= 300)
      throw refusal(response.statusCode, response.headers, await text(response.body));
    return { headers: response.headers, body: response.body };
  };
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
function refusal(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): S3ServiceException {
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
