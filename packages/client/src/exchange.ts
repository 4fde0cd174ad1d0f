import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { filled, networkReasonText } from '@coupon-media/apiv3';
import type { Dispatcher } from 'undici';
import { onAbort } from './abort.js';
import {
  AbortedError,
  type AttemptInfo,
  type AttemptRoute,
  NetworkError,
  type Phase,
  TimeoutError,
  throughProxy,
} from './errors.js';
import { ProxyFailure, proxyFailureIn } from './proxy/failure.js';
import type { ProxyRoute } from './proxy/route.js';

/** One HTTP request, ready to be sent. */
export interface HttpRequest {
  method: string;
  /** Path and query exactly as signed. */
  path: string;
  headers: Readonly<Record<string, string>>;
  /** The body in order; empty where there is none. */
  pieces: readonly Uint8Array[];
}

/** One complete HTTP response. */
export interface HttpResponse {
  status: number;
  /** By lower-case name; a list if a header is repeated. */
  headers: Readonly<Record<string, string | string[]>>;
  body: Buffer;
}

/** Milliseconds that each stage may take: to connect, to send the body, to receive the complete response, and for a call in all. */
export type Deadlines = Readonly<Record<Phase, number>>;

export interface ExchangeOptions extends AttemptInfo {
  proxy: ProxyRoute | undefined;
  dispatcher: Dispatcher;
  deadlines: Deadlines;
  /** Milliseconds that are left of the deadline of the whole call. */
  left: number;
  signal: AbortSignal | undefined;
  /** Called with the number of body bytes that the socket accepted. */
  onSent?: ((bytes: number) => void) | undefined;
}

/** The largest response in bytes. Responses of APIv3 have a few hundred bytes, certificates some thousands. */
const RESPONSE_BYTES_LIMIT = 8 * 1024 * 1024;

/**
 * Up to this many bytes, a body of one piece is with the system as soon as it is written, so that it has no stage of its own. undici
 * then writes it together with the head; it reads an iterator with promises and listeners, which for 10 KiB was seen to cost 0.09 of a bare
 * client's processor time.
 */
const AT_ONCE = 32 * 1024;

/**
 * Sends one request and returns its response, whatever its status.
 *
 * It uses undici's dispatch rather than its `request`: only dispatch shows when a connection is made, so that each stage can
 * have its own deadline.
 *
 * @throws NetworkError, TimeoutError, AbortedError
 */
export function exchange(
  { pieces, ...request }: HttpRequest,
  options: ExchangeOptions,
): Promise<HttpResponse> {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return new Promise((resolve, reject) => {
    const handler = new ExchangeHandler(options, resolve, reject);
    options.dispatcher.dispatch(
      {
        origin: options.host,
        method: request.method as Dispatcher.HttpMethod,
        path: request.path,
        headers: length > 0 ? { ...request.headers, 'content-length': String(length) } : request.headers,
        body: length > 0 ? (atOnce(pieces, options) ?? asBody(handler.send(pieces))) : null,
        // Their granularity is a second or more; the handler's deadlines replace them.
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      handler,
    );
  });
}

/** Follows one exchange through its stages and ends it at the first deadline, abort or failure. */
class ExchangeHandler implements Dispatcher.DispatchHandler {
  readonly #options: ExchangeOptions;
  readonly #resolve: (response: HttpResponse) => void;
  readonly #reject: (error: Error) => void;
  readonly #stopListening: () => void;
  readonly #chunks: Buffer[] = [];
  #length = 0;
  #status = 0;
  #headers: HttpResponse['headers'] = {};
  #controller: Dispatcher.DispatchController | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #ends: number;
  #settled = false;

  constructor(
    options: ExchangeOptions,
    resolve: (response: HttpResponse) => void,
    reject: (error: Error) => void,
  ) {
    this.#options = options;
    this.#ends = performance.now() + options.left;
    this.#resolve = resolve;
    this.#reject = reject;
    const { signal } = options;
    this.#stopListening = onAbort(signal, () => this.#fail(new AbortedError(signal?.reason)));
    this.#enter('connect');
  }

  /** Yields the body piece by piece, as the socket accepts it. */
  *send(pieces: readonly Uint8Array[]): Generator<Uint8Array> {
    this.#enter('send');
    for (const piece of pieces) {
      yield piece;
      // A request for the next piece means that the socket has accepted this one.
      if (!this.#settled) this.#options.onSent?.(piece.length);
    }
    this.#enter('response');
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#settled) controller.abort(new Error('given up before it was connected'));
    else this.#enter('response');
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers as HttpResponse['headers'];
    this.#enter('response');
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#length += chunk.length;
    if (this.#length <= RESPONSE_BYTES_LIMIT) {
      this.#chunks.push(chunk);
      return;
    }
    const { host } = this.#options;
    this.#fail(
      new NetworkError(filled(TOO_LONG, { host, limit: RESPONSE_BYTES_LIMIT }), this.#options, true),
    );
  }

  onResponseEnd(): void {
    const body = Buffer.concat(this.#chunks);
    if (!this.#settle()) return;
    const { proxy } = this.#options;
    // No service behind a proxy responds with this status: the proxy itself does, to a request that it was to forward.
    if (proxy && this.#status === 407) {
      const wants = this.#headers['proxy-authenticate'];
      const failure = new ProxyFailure(proxy, { status: 407, wants: wants?.toString() });
      this.#reject(networkError(failure, this.#options, true));
    } else this.#resolve({ status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (this.#settle()) this.#reject(networkError(error, this.#options, this.#controller !== undefined));
  }

  /** Ends a stage and its deadline and begins the next. */
  #enter(phase: Phase): void {
    if (this.#settled) return;
    clearTimeout(this.#timer);
    const { deadlines } = this.#options;
    const left = Math.max(1, this.#ends - performance.now());
    const first: Phase = deadlines[phase] <= left ? phase : 'total';
    const late = (): void => this.#fail(new TimeoutError(first, deadlines[first], this.#options));
    this.#timer = setTimeout(late, Math.min(deadlines[phase], left));
  }

  #fail(error: Error): void {
    if (!this.#settle()) return;
    this.#reject(error);
    this.#controller?.abort(error);
  }

  /** @returns whether this call settled the exchange */
  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#stopListening();
    return true;
  }
}

/** @returns the only piece, if nobody wants to know when the socket has accepted it */
function atOnce(
  [only, ...others]: readonly Uint8Array[],
  { onSent }: ExchangeOptions,
): Uint8Array | undefined {
  return others.length === 0 && !onSent && only && only.length <= AT_ONCE ? only : undefined;
}

/** undici documents iterators as bodies, and its types leave them out. */
function asBody(pieces: Iterable<Uint8Array>): Readable {
  return pieces as Iterable<Uint8Array> & Readable;
}

function networkError(cause: Error, attempt: AttemptRoute, sent: boolean): NetworkError {
  const ofProxy = proxyFailureIn(cause);
  if (ofProxy) {
    return new NetworkError(
      filled(PROXIED, { host: attempt.host, why: ofProxy.texts }),
      attempt,
      false,
      ofProxy,
    );
  }
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name;
  const reason = networkReasonText(cause)?.['zh-CN'];
  const why = { 'zh-CN': reason === undefined ? code : `${reason}，${code}`, en: code };
  const texts = filled(sent ? BROKEN : NOT_CONNECTED, { host: attempt.host, why });
  return new NetworkError(throughProxy(texts, attempt.proxy), attempt, sent, cause);
}

const TOO_LONG = {
  'zh-CN': '{host} 的应答超过 {limit} 字节',
  en: '{host} responded with more than {limit} bytes',
};
const PROXIED = { 'zh-CN': '{host}：{why}', en: '{host}: {why}' };
const BROKEN = { 'zh-CN': '{host}：连接中断（{why}）', en: '{host}: the connection broke ({why})' };
const NOT_CONNECTED = {
  'zh-CN': '{host}：无法建立连接（{why}）',
  en: '{host}: no connection could be made ({why})',
};
