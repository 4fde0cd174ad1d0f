/**
 * Which calls get which response, in WireMock's words (https://wiremock.org/docs/stubbing). A call is any signed JSON request to
 * `/v3/…` or `/brand/…` that is not an upload.
 */
export interface ResponseRule {
  /** For people who read the list of rules. */
  readonly name?: string | undefined;
  readonly request: CallPattern;
  /** The response, or a function that makes it, in tests: a file and `POST /sandbox/responses` have no functions. */
  readonly response: CallResponse | ((call: ReceivedCall) => CallResponse | Promise<CallResponse>);
}

/** Which calls a rule is for. One of the four properties that begin with `url` is required. */
export interface CallPattern {
  /** Default: `ANY`. */
  readonly method?: CallMethod | 'ANY' | undefined;
  /** The path and the query, exactly as sent. */
  readonly url?: string | undefined;
  /** The path, whatever the query. */
  readonly urlPath?: string | undefined;
  /** A regular expression that the whole of path and query matches. */
  readonly urlPattern?: string | undefined;
  /** A regular expression that the whole path matches. */
  readonly urlPathPattern?: string | undefined;
}

/** A response before it is signed. */
export interface CallResponse {
  /** 200 to 599. Default: 200. */
  readonly status?: number | undefined;
  /** Any JSON value. Default: no body; the status is then 204 unless another one is given. */
  readonly jsonBody?: unknown;
  /** The JSON text in place of `jsonBody`, for texts whose bytes matter. */
  readonly body?: string | undefined;
  /** Headers beside those that the service sets. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A call whose signature was verified. */
export interface ReceivedCall {
  readonly method: CallMethod;
  /** Path and query, exactly as sent. */
  readonly url: string;
  /** The query's parameters, decoded. */
  readonly query: URLSearchParams;
  /** What the groups of the rule's pattern matched: `/v3/orders/(?<id>[^/]+)` gives `id`. */
  readonly groups: Readonly<Record<string, string | undefined>>;
  /** The mchid, or the brand_id of a brand. */
  readonly caller: string;
  /** The value of a header, by its name in any letter case. */
  header(name: string): string | undefined;
  /** The body as text; '' if there is none. */
  readonly text: string;
  /** The body as parsed JSON; undefined if it is none. */
  readonly body: unknown;
}

/** The methods of APIv3. */
export const CALL_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

export type CallMethod = (typeof CALL_METHODS)[number];

/** The ways to say which URL is meant. */
export const URL_KEYS = ['url', 'urlPath', 'urlPattern', 'urlPathPattern'] as const;

export type UrlKey = (typeof URL_KEYS)[number];
