import { z } from '@hono/zod-openapi';
import { TOKEN_SCOPES } from '../tokens/tokens.js';

/** The parameters and bodies of the door: what validates them also describes them in `/v1/openapi.json`. */

const Slot = z.enum(['icon', 'background', 'detail']);
export const Endpoint = z.enum([
  'product-coupon',
  'brand-product-coupon',
  'favor',
  'merchant-media',
  'merchant-service',
]);

const Flag = z
  .enum(['true', 'false', '1', '0'])
  .transform((value) => value === 'true' || value === '1')
  .openapi({ type: 'boolean' });

/** How an image is prepared: the options of packages/prepare. */
const preparation = {
  slot: Slot.optional().openapi({ description: 'The place in the coupon that the image is for.' }),
  fit: z.enum(['crop', 'pad', 'contain']).optional(),
  focus: z.enum(['centre', 'top', 'bottom', 'left', 'right']).optional(),
  crop: z
    .string()
    .regex(/^(?:\d{1,5},){3}\d{1,5}$/)
    .transform((text) => {
      const [left = 0, top = 0, width = 0, height = 0] = text.split(',').map(Number);
      return { left, top, width, height };
    })
    .optional()
    .openapi({
      type: 'string',
      description: '`left,top,width,height`: the part of the upright image that is used, in pixels.',
    }),
  background: z
    .string()
    .regex(/^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i)
    .optional(),
  filename: z.string().min(1).max(512).optional(),
};

export const PrepareParameters = z.strictObject(preparation);

export const UploadParameters = z.strictObject({
  ...preparation,
  prepare: Flag.optional().openapi({
    description: 'Makes the image fit before it is uploaded. Default: false.',
  }),
  endpoint: Endpoint.optional().openapi({ description: 'Default: the first one of the account.' }),
  callback: z
    .url()
    .max(2048)
    .optional()
    .openapi({ description: 'With `Prefer: respond-async`: where the result is posted.' }),
});

export const UploadHeaders = z.object({
  'idempotency-key': z
    .string()
    .min(1)
    .max(255)
    .optional()
    .openapi({ description: 'Scoped to the token, for 24 hours. With other bytes or parameters: 422.' }),
  prefer: z
    .string()
    .max(255)
    .optional()
    .openapi({ description: '`respond-async`: 202 and a Location. `wait=10`: at most so many seconds.' }),
});

export const Digest = z.string().regex(/^[0-9a-f]{64}$/);

const Change = z.object({
  code: z.string(),
  values: z.record(z.string(), z.union([z.string(), z.number()])),
  text: z.string().openapi({ description: 'For people, in the language of the response.' }),
});

export const Uploaded = z
  .object({
    image_url: z.string().optional(),
    media_id: z
      .string()
      .optional()
      .openapi({ description: 'In place of `image_url`, of endpoints that answer with an id.' }),
    sha256: Digest,
    width: z.int(),
    height: z.int(),
    changes: z.array(Change),
    upstream_request_id: z.string().nullable(),
    reused: z
      .boolean()
      .openapi({ description: 'Whether the account had the image already, so that nothing was uploaded.' }),
  })
  .openapi('Uploaded');

export const Image = z
  .object({
    image_url: z.string().optional(),
    media_id: z.string().optional(),
    endpoint: Endpoint,
    sha256: Digest,
    filename: z.string(),
    kind: z.enum(['jpg', 'png', 'bmp']),
    bytes: z.int(),
    width: z.int().nullable().openapi({
      description: 'Pixels; null of an image that was uploaded before they were recorded, or imported.',
    }),
    height: z.int().nullable(),
    slot: z.string().nullable(),
    caller: z.string().openapi({ description: 'Who brought it: an mchid, or the public id of a token.' }),
    changes: z.array(Change),
    upstream_request_id: z.string().nullable(),
    uploaded_at: z.iso.datetime(),
  })
  .openapi('Image');

export const Page = z
  .object({
    images: z.array(Image),
    next: z.string().optional().openapi({ description: 'The `cursor` of the next page.' }),
  })
  .openapi('Page');

const time = z.iso
  .datetime({ offset: true })
  .transform((text) => Date.parse(text))
  .openapi({ type: 'string', format: 'date-time' });

const Caller = z.string().min(1).max(64).openapi({ description: 'An mchid, or the public id of a token.' });

/** Each of these has an index of its own; two of them at once have none. */
const WAYS = ['filename', 'sha256', 'caller', 'pixels'] as const;

export const ListParameters = z
  .strictObject({
    filename: z
      .string()
      .min(1)
      .max(150)
      .optional()
      .openapi({ description: 'The beginning of the name. The list is ordered by name, and not by time.' }),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{1,64}$/)
      .optional()
      .openapi({ description: 'The beginning of the digest. The list is ordered by endpoint and digest.' }),
    caller: Caller.optional(),
    pixels: z
      .string()
      .regex(/^[1-9]\d{0,4}x[1-9]\d{0,4}$/)
      .transform((text) => {
        const [width = 0, height = 0] = text.split('x').map(Number);
        return { width, height };
      })
      .optional()
      .openapi({ type: 'string', description: 'Width and height, such as `1248x720`.' }),
    since: time.optional(),
    until: time.optional(),
    cursor: z
      .string()
      .regex(/^[\w-]{1,1024}$/)
      .optional()
      .openapi({ description: 'The `next` of the page before, of the same query.' }),
    limit: z.coerce.number().int().min(1).max(1000).default(100),
  })
  .superRefine((query, context) => {
    const given = WAYS.filter((way) => query[way] !== undefined);
    const isOrderedByTime = query.filename === undefined && query.sha256 === undefined;
    const hasTime = query.since !== undefined || query.until !== undefined;
    if (given.length > 1 || (hasTime && !isOrderedByTime)) {
      context.addIssue({
        code: 'custom',
        path: [given.at(-1) ?? ''],
        message: `Give one of ${WAYS.join(', ')}; since and until go with caller and pixels, and alone`,
      });
    }
  });

export const AuditParameters = z.strictObject({
  since: time.optional(),
  until: time.optional(),
  caller: Caller.optional(),
  sha256: Digest.optional().openapi({ description: 'What happened to one image.' }),
  after: z
    .string()
    .regex(/^\d{1,15}-\d{1,15}$/)
    .optional()
    .openapi({ description: 'The `id` of the last entry that was read.' }),
});

export const Later = z
  .object({
    id: z.string(),
    state: z.enum(['waiting', 'done', 'failed']),
    sha256: Digest,
    image: Uploaded.optional(),
    problem: z
      .object({ code: z.string(), status: z.int(), title: z.string(), detail: z.string() })
      .optional(),
    callback: z.enum(['waiting', 'delivered', 'given-up']).optional(),
  })
  .openapi('Upload');

export const Prepared = z
  .object({
    data: z.string().openapi({ format: 'byte', description: 'The prepared bytes as base64.' }),
    sha256: Digest,
    kind: z.enum(['jpg', 'png']),
    bytes: z.int(),
    width: z.int(),
    height: z.int(),
    filename: z.string(),
    unchanged: z.boolean(),
    changes: z.array(Change),
    source: z.looseObject({ format: z.string(), bytes: z.int(), width: z.int(), height: z.int() }),
  })
  .openapi('Prepared');

const gauges = {
  pace_per_second: z
    .number()
    .nullable()
    .openapi({ description: 'Uploads per second to upstream, as its 429 leaves them.' }),
  pace_waiting: z.int().nullable().openapi({ description: 'Uploads that wait for their turn.' }),
  breaker: z.enum(['closed', 'half-open', 'open']).nullable(),
  quota_per_second: z.number().nullable().openapi({ description: 'Of a caller; 0: no limit.' }),
};

const count = z.int().min(0);

export const Status = z
  .object({
    account: z.string(),
    now: z.iso.datetime(),
    bucket_seconds: z.int(),
    buckets: z.array(
      z.object({
        at: z.iso.datetime(),
        published: count,
        reused: count,
        accepted: count,
        refused: count,
        waiting: count.openapi({ description: 'Answered with 429.' }),
        unavailable: count.openapi({ description: 'Answered with 5xx.' }),
        p50_ms: z.number().nullable(),
        p95_ms: z.number().nullable(),
        ...gauges,
      }),
    ),
    ...gauges,
  })
  .openapi('Status');

export const SessionHeaders = z.object({
  'coupon-media-base': z
    .string()
    .optional()
    .openapi({ description: 'The path under which the browser sees the service. Default: `/`.' }),
});

export const SessionView = z
  .object({
    by: z
      .enum(['token', 'session', 'page'])
      .openapi({ description: '`page`: the page of a sandbox, which needs no token.' }),
    account: z.string(),
    name: z.string().openapi({ description: 'What people call the token.' }),
    scopes: z.array(z.enum(TOKEN_SCOPES)),
    expires_at: z.iso.datetime().nullable(),
  })
  .openapi('Session');

export const ProblemSchema = z
  .looseObject({
    type: z.string(),
    code: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
  })
  .openapi('Problem');
