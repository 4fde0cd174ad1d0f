import { createHash } from 'node:crypto';
import { filled, IMAGE_BYTES_LIMIT, type UploadEndpointName } from '@coupon-media/apiv3';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { z } from 'zod';
import { createEnding } from '../images/ending.js';
import type { Wanted } from '../images/intake.js';
import { type ImageBytes, imageBytes, type ReceivedSource, readSource } from '../images/source.js';
import { Problem } from '../problems/problem.js';
import { problemOf } from '../problems/translate.js';
import type { PublishedValue } from '../publisher.js';
import type { TokenRecord } from '../tokens/tokens.js';
import type { DoorEnv, DoorServices } from './environment.js';
import { uploadRoute } from './routes.js';
import { type Later, type Uploaded, UploadHeaders, UploadParameters } from './schemas.js';
import { type Seen, tell } from './tell.js';
import { invalidParameters } from './validation.js';
import { uploadedView } from './views.js';

type Parameters = z.infer<typeof UploadParameters>;

/**
 * `POST /v1/images`: the one route whose cost counts. It reads its parameters and writes its answer itself, because a validator of the
 * framework makes objects of all headers, and the body of a web `Response` is a stream: the two cost as much as finding a known image.
 */
export function addUpload(app: OpenAPIHono<DoorEnv>, services: DoorServices): void {
  const { intake, idempotency, later, now, preparer, rate, random, room, worker } = services;

  app.openAPIRegistry.registerPath(uploadRoute);
  app.post(uploadRoute.path, async (context) => {
    const began = now();
    const token = context.get('token');
    const requestId = context.get('requestId');
    const query = readQuery(context.req.queries());
    const { prefer, 'idempotency-key': key } = readHeaders((name) => context.req.header(name));
    const isLater = /(?:^|[,;\s])respond-async(?:$|[,;\s])/i.test(prefer ?? '');
    const seen: Seen = {};
    try {
      await takeTurn(context, token);
      const limit = query.prepare ? services.maxSourceBytes : IMAGE_BYTES_LIMIT;
      const source = await readSource(context.env, {
        limit,
        isAnyImage: query.prepare === true,
        room,
      });
      try {
        const parameters = merged(query, source);
        seen.endpoint = parameters.endpoint;
        const id = isLater ? `upl_${random.id()}` : undefined;
        const kept =
          key === undefined
            ? id
            : await idempotency.claim(token.id, key, fingerprintOf(source, parameters), id);
        // A node may have ended, or refused the image, after it kept the key and before it kept the upload.
        if (kept !== undefined && kept !== id && (await later.find(token.account, kept)))
          return accepted(context, kept, source.image.sha256);
        if (parameters.callback !== undefined) checkCallback(parameters.callback, isLater);
        const { image, wanted } = await made(source, parameters, token, requestId);
        seen.image = image;
        seen.wanted = wanted;
        if (kept !== undefined) {
          await later.add(kept, await intake.store(wanted, image), parameters.callback);
          worker.wake();
          return accepted(context, kept, image.sha256);
        }
        const { width, height } = intake.inspect(image);
        const published = await publishedValue(wanted, image, deadlineOf(prefer), context.env.outgoing);
        seen.published = published;
        const { endpoint, changes } = wanted;
        const shown = { endpoint, changes, sha256: image.sha256, width, height };
        return answer(context, 200, await uploadedView(published, shown, preparer, context.get('language')));
      } finally {
        source.release();
      }
    } catch (error) {
      seen.problem = problemOf(error);
      throw seen.problem;
    } finally {
      tell({ ...seen, token, requestId, isLater, milliseconds: now() - began }, services);
    }
  });

  async function takeTurn(context: Context<DoorEnv>, token: TokenRecord): Promise<void> {
    if (token.quota === undefined) return;
    const { wait, headers } = await rate.take(token);
    for (const [name, value] of Object.entries(headers)) context.env.outgoing.setHeader(name, value);
    if (wait > 0) {
      throw new Problem('rate-exceeded', filled(RATE, { quota: token.quota }), {
        headers: { ...headers, 'Retry-After': String(Math.ceil(wait)) },
      });
    }
  }

  function checkCallback(callback: string, isLater: boolean): void {
    if (!isLater) throw new Problem('parameter-invalid', CALLBACK_NOW);
    if (!services.callbacks.isAllowed(callback)) throw new Problem('callback-refused', CALLBACK);
  }

  /** The bytes that are uploaded: those of the sender, or what preparation makes of them. */
  async function made(
    { image, filename }: ReceivedSource,
    parameters: Parameters,
    { account, id: caller }: TokenRecord,
    requestId: string,
  ): Promise<{ image: ImageBytes; wanted: Wanted }> {
    const endpoint = endpointOf(account, parameters.endpoint);
    const { slot, fit, focus, crop, background, prepare } = parameters;
    const name = parameters.filename ?? filename;
    const wanted = { account, endpoint, caller, requestId, filename: name, slot, changes: [] };
    if (!prepare) return { image, wanted };
    const options = { ...defined({ slot, fit, focus, crop, background, name }), signal: services.stopping };
    const prepared = await preparer.prepare(image, options);
    const changes = prepared.changes.map(({ code, values }) => ({ code, values: { ...values } }));
    return {
      image: prepared.unchanged ? image : imageBytes(prepared.bytes),
      wanted: { ...wanted, filename: prepared.filename, changes },
    };
  }

  function endpointOf(account: string, asked: UploadEndpointName | undefined): UploadEndpointName {
    const endpoints = services.accounts.endpoints(account) ?? [];
    const endpoint = asked ?? endpoints[0];
    if (endpoint !== undefined && endpoints.includes(endpoint)) return endpoint;
    throw new Problem('endpoint-unavailable', filled(ENDPOINT, { account, endpoints: endpoints.join(', ') }));
  }

  async function publishedValue(
    wanted: Wanted,
    image: ImageBytes,
    deadline: number,
    outgoing: DoorEnv['Bindings']['outgoing'],
  ): Promise<PublishedValue> {
    const known = await intake.known(wanted, image);
    if (known) return { ...known, reused: true };
    const ending = createEnding(deadline);
    outgoing.once('close', ending.over);
    services.stopping.addEventListener('abort', ending.over);
    try {
      return await intake.storeAndPublish(wanted, image, ending.signal);
    } finally {
      ending.close();
      outgoing.off('close', ending.over);
      services.stopping.removeEventListener('abort', ending.over);
    }
  }

  /** Milliseconds. RFC 7240: `wait` is how long the caller is willing to wait. */
  function deadlineOf(prefer: string | undefined): number {
    const wait = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,4})/i.exec(prefer ?? '')?.[1];
    return wait === undefined
      ? services.deadline
      : Math.min(services.deadline, Math.max(1, Number(wait)) * 1000);
  }
}

function accepted(context: Context<DoorEnv>, id: string, sha256: string): Response {
  const headers = { Location: `/v1/uploads/${id}`, 'Preference-Applied': 'respond-async' };
  return answer(context, 202, { id, state: 'waiting', sha256 }, headers);
}

function answer(
  { env: { outgoing } }: Context<DoorEnv>,
  status: 200 | 202,
  body: z.input<typeof Uploaded> | z.input<typeof Later>,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const text = JSON.stringify(body);
  const length = Buffer.byteLength(text);
  outgoing.writeHead(status, { ...headers, 'Content-Type': 'application/json', 'Content-Length': length });
  outgoing.end(text);
  return RESPONSE_ALREADY_SENT;
}

/** @throws Problem `parameter-invalid` */
function readQuery(queries: Readonly<Record<string, readonly string[]>>): Parameters {
  // A parameter that stands twice is a list, which no parameter may be.
  const given = Object.entries(queries).map(([name, values]) => [
    name,
    values[1] === undefined ? values[0] : values,
  ]);
  return validated(UploadParameters.safeParse(Object.fromEntries(given)));
}

/** @throws Problem `parameter-invalid` */
function readHeaders(header: (name: string) => string | undefined): z.infer<typeof UploadHeaders> {
  const [prefer, key] = [header('prefer'), header('idempotency-key')];
  if (prefer === undefined && key === undefined) return {};
  return validated(UploadHeaders.safeParse(defined({ prefer, 'idempotency-key': key })));
}

function validated<T>(result: z.ZodSafeParseResult<T>): T {
  if (!result.success) throw invalidParameters(result.error);
  return result.data;
}

/** Fields of a form count as parameters; what stands in the URL as well must say the same. */
function merged(query: Parameters, { fields }: ReceivedSource): Parameters {
  const names = Object.keys(fields);
  if (names.length === 0) return query;
  const parsed = validated(UploadParameters.safeParse(fields));
  // How much of the body is read depends on it, so it is asked for before the body.
  if (parsed.prepare && !query.prepare) throw new Problem('parameter-invalid', PREPARE_IN_URL);
  return { ...query, ...parsed };
}

/** Everything that the answer depends on. */
function fingerprintOf({ image, filename }: ReceivedSource, parameters: Parameters): string {
  const said = JSON.stringify([
    image.sha256,
    filename ?? '',
    Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1)),
  ]);
  return createHash('sha256').update(said).digest('base64url');
}

/** An object without the fields that are undefined. */
function defined<T extends object>(values: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]?: Exclude<T[Name], undefined>;
  };
}

const RATE = {
  'zh-CN': '该令牌每秒最多 {quota} 次上传。',
  en: 'The token may make {quota} uploads a second.',
};
const CALLBACK_NOW = {
  'zh-CN': '参数 callback 需与请求头 Prefer: respond-async 一起使用。',
  en: 'The parameter callback needs the header Prefer: respond-async.',
};
const CALLBACK = {
  'zh-CN': '回调地址必须使用 https，并在配置的允许范围内。',
  en: 'A callback goes by https to an address that the configuration allows.',
};
const ENDPOINT = {
  'zh-CN': '账户 {account} 可用的接口：{endpoints}。',
  en: 'The endpoints of account {account} are: {endpoints}.',
};
const PREPARE_IN_URL = {
  'zh-CN': '参数 prepare=true 请放在 URL 中。',
  en: 'Put prepare=true into the URL.',
};
