import {
  type ErrorCode,
  fill,
  filled,
  isRefusalName,
  type Language,
  parseAuthorization,
  type RefusalName,
  refusalBody,
  requestMessage,
  type SignedLines,
  type Text,
} from '@coupon-media/apiv3';
import { codeOf } from '@coupon-media/server';
import { refusalCode } from '../calls/refused-call.js';
import type { SensitiveField } from '../calls/sensitive.js';
import { type AppliedFault, faultOf } from '../faults/applied.js';
import type { ClockDescription } from '../run/clock.js';
import { type ClaimedMeta, type ReceivedForm, type ReceivedPart, readClaims, readForm } from './form.js';
import { masked } from './masked.js';
import { headersOf, type Recorded } from './recorded.js';

/**
 * How a request ended. `NO_ROUTE`: no endpoint has its path or method. `SENDER_AWAY`: the body did not end. `NO_RESPONSE`: a call
 * whose signature is right and for which the table has no response. Any other text: the code of a response of the table.
 */
export type Outcome =
  | 'SUCCESS'
  | ErrorCode
  | 'SENDER_AWAY'
  | 'NO_ROUTE'
  | 'NO_RESPONSE'
  | (string & Record<never, never>);

/** An upload as its form says. */
export interface ReceivedUpload extends ClaimedMeta {
  /** SHA-256 of the bytes of the file part, in lower-case hex; undefined if there is none, or it is no longer kept. */
  readonly fileSha256: string | undefined;
  /** Bytes of the file part. */
  readonly fileBytes: number | undefined;
}

/** A response as it was written. */
export interface SentResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether it was written to its end. */
  readonly writtenWhole: boolean;
}

/**
 * A stage of the service, in the order in which an upload passes them; `handle` is the stage of any other signed request. The
 * service's own type is not used, since whoever reads it needs the types of everything that the service uses.
 */
export type Stage =
  | 'enter'
  | 'identify'
  | 'receive'
  | 'authenticate'
  | 'admit'
  | 'validate'
  | 'store'
  | 'publish'
  | 'respond'
  | 'handle';

/** A stage of the service that worked on a request, and how long. */
export interface PassedStage {
  readonly stage: Stage;
  readonly milliseconds: number;
}

/** What a sandbox can say about a request beyond its bytes, because it has the keys of both sides. */
export interface Insight {
  /** Works out which mistake was made in a request that was refused. */
  mistake(request: ReceivedRequest, unmasked: Unmasked): Text | undefined;
  /** Works out what a wrong signature was made over. */
  signedLines(request: ReceivedRequest, authorization: string): SignedLines | undefined;
  sensitiveFields(request: ReceivedRequest): readonly SensitiveField[];
}

/** What a request does not show of itself. */
export interface Unmasked {
  /** Stands for the request where the sandbox itself responded to it. */
  readonly handled: object | undefined;
  /** The whole header, of which the request hides what is secret. */
  readonly authorization: string | undefined;
}

/**
 * A request that a sandbox received, as it came. What takes time (the parts of its form, the reason of a refusal) is worked out
 * when it is read first.
 */
export class ReceivedRequest {
  #form: ReceivedForm | undefined;
  #mistake: { readonly text: Text | undefined } | undefined;
  #signedLines: { readonly found: SignedLines | undefined } | undefined;

  readonly #recorded: Recorded;
  readonly #insight: Insight;

  /** @internal */
  constructor(recorded: Recorded, insight: Insight) {
    this.#recorded = recorded;
    this.#insight = insight;
  }

  /** 1 for the first request of the sandbox. */
  get number(): number {
    return this.#recorded.number;
  }

  /** The number of the request that `replay` sent again with it; undefined if it came from outside. */
  get replayOf(): number | undefined {
    return this.#recorded.replayOf;
  }

  /** The time of its arrival by the clock of the sandbox. A request that is judged again keeps its time. */
  get at(): Date {
    return new Date(this.#recorded.at);
  }

  /** How the clock of the sandbox ran then; undefined: as that of the machine. */
  get clock(): ClockDescription | undefined {
    return this.#recorded.clock;
  }

  get method(): string {
    return this.#recorded.method;
  }

  /** Path and query as they were sent. */
  get url(): string {
    return this.#recorded.url;
  }

  /** Names and values in the order and the letter case in which they came. Bearer tokens and cookies are hidden. */
  get headers(): readonly (readonly [name: string, value: string])[] {
    return masked(headersOf(this.#recorded), { signature: true });
  }

  /** @returns the first value of a header, by its name in any letter case */
  header(name: string): string | undefined {
    const wanted = name.toLowerCase();
    return this.headers.find(([given]) => given.toLowerCase() === wanted)?.[1];
  }

  /** The first half of `Request-ID`; undefined if the request had no route. */
  get requestId(): string | undefined {
    return (this.#recorded.trace ?? this.#recorded.plain)?.requestId;
  }

  /**
   * The mchid or brand_id that the Authorization header names, proven or not; of the plain door, the public id of the token, or `page`
   * for the sandbox's own page.
   */
  get caller(): string | undefined {
    if (this.#recorded.plain) return this.#recorded.plain.caller;
    return /\b(?:mchid|brand_id)="([^"]{1,64})"/.exec(this.#authorization ?? '')?.[1];
  }

  get outcome(): Outcome {
    const { trace, plain } = this.#recorded;
    if (plain) return plain.writtenWhole ? (plain.problem ?? 'SUCCESS') : 'SENDER_AWAY';
    if (!trace) return 'NO_ROUTE';
    const code = codeOf(trace);
    return code === 'SUCCESS' ? (refusalCode(trace.response) ?? code) : code;
  }

  /** Whether its signature was verified, so that its response is signed. */
  get isAuthenticated(): boolean {
    return this.#recorded.trace?.responseSigner !== undefined;
  }

  /** The refusal by its name in the table of apiv3. */
  get refusal(): RefusalName | undefined {
    const name = this.#recorded.trace?.refusal?.refusal;
    return name !== undefined && isRefusalName(name) ? name : undefined;
  }

  /** The stage that refused. */
  get refusedIn(): Stage | undefined {
    return this.#recorded.trace?.refusedIn;
  }

  /** What the response says of a refusal, in both languages, with the parameter that its `detail` names. */
  get refusalText(): Text | undefined {
    const refusal = this.#recorded.trace?.refusal;
    if (!refusal) return undefined;
    const { field, issue } = refusal.context.detail ?? {};
    const named = [field, issue].filter((part) => typeof part === 'string');
    const text = { en: refusalBody(refusal, 'en').message, 'zh-CN': refusalBody(refusal, 'zh-CN').message };
    return named.length === 0 ? text : filled(WITH_DETAIL, { text, detail: named.join(' ') });
  }

  /** The stages in their order. `respond` lasts until the response was written. */
  get stages(): readonly PassedStage[] {
    const { trace } = this.#recorded;
    if (!trace) return [];
    return trace.stages.map((stage, at) => {
      const milliseconds = Math.max(0, (trace.times[at + 1] ?? trace.ended) - (trace.times[at] ?? 0));
      return { stage, milliseconds };
    });
  }

  /** Milliseconds from its arrival to the end of its response. */
  get milliseconds(): number {
    const { trace, plain } = this.#recorded;
    return trace ? Math.max(0, trace.ended - trace.began) : (plain?.milliseconds ?? 0);
  }

  /** The fault rule that was applied to it; undefined if none was. */
  get fault(): AppliedFault | undefined {
    const { trace } = this.#recorded;
    return trace && faultOf(trace);
  }

  /** Undefined if the sender went away before. */
  get response(): SentResponse | undefined {
    const { trace, status, plain } = this.#recorded;
    if (plain && !plain.writtenWhole) return undefined;
    if (!trace)
      return status === undefined ? undefined : { status, headers: {}, body: '', writtenWhole: true };
    const { response, writtenWhole } = trace;
    return response && { ...response, body: String(response.body), writtenWhole };
  }

  /** The body as far as it is kept. */
  get body(): Buffer {
    return Buffer.concat(this.#recorded.body.pieces);
  }

  /** Whether only the beginning of the body is kept, because the journal was full. */
  get isCut(): boolean {
    return this.#recorded.body.isCut;
  }

  /** The parts of its form; none if it is not a form. */
  get parts(): readonly ReceivedPart[] {
    return this.form.parts;
  }

  /** Why the body is not a form, in the words of the reader; undefined if it is one, or no endpoint expects one. */
  get formFault(): string | undefined {
    return this.#recorded.trace?.kind === 'upload' && !this.isCut ? this.form.fault : undefined;
  }

  /** Undefined if the path is not that of an upload. */
  get upload(): ReceivedUpload | undefined {
    const { trace, plain } = this.#recorded;
    if (plain) {
      const { filename, sha256: fileSha256 } = plain;
      return { filename, sha256: undefined, fileSha256, fileBytes: undefined };
    }
    if (trace?.kind !== 'upload') return undefined;
    const file = this.parts.find(({ name }) => name === 'file');
    const whole = this.isCut ? undefined : file;
    return {
      ...readClaims(this.parts.find(({ name }) => name === 'meta')?.bytes),
      fileSha256: trace.stored?.sha256 ?? whole?.sha256,
      fileBytes: trace.stored?.bytes ?? whole?.bytes.length,
    };
  }

  /** The five lines that its signature should cover; undefined if the Authorization header cannot be read. */
  get signedMessage(): string | undefined {
    const authorization = parseAuthorization(this.#authorization);
    if (typeof authorization === 'string') return undefined;
    const { timestamp, nonce } = authorization;
    return String(
      requestMessage({ method: this.method, url: this.url, timestamp, nonce, body: this.signedBody }),
    );
  }

  /**
   * What its signature was made over, if it is a wrong one of a merchant whose key the sandbox has, and one of the mistakes that `explain`
   * knows gives it. `signedMessage` is what it should have been made over.
   */
  get signedLines(): SignedLines | undefined {
    const isWrong = this.outcome === 'SIGN_ERROR' && this.refusedIn === 'authenticate';
    if (!isWrong || this.#authorization === undefined) return undefined;
    this.#signedLines ??= { found: this.#insight.signedLines(this, this.#authorization) };
    return this.#signedLines.found;
  }

  /** The meta part of an upload, and the body of any other request. */
  get signedBody(): Buffer {
    if (this.#recorded.trace?.kind !== 'upload') return this.body;
    return this.parts.find(({ name }) => name === 'meta')?.bytes ?? Buffer.alloc(0);
  }

  /** Which mistake made the sandbox refuse it, and what to do, or which fault rule was applied; undefined if it is neither. */
  get mistake(): Text | undefined {
    if (this.#recorded.plain?.detail) return this.#recorded.plain.detail;
    const unmasked = { handled: this.#recorded.trace, authorization: this.#authorization };
    this.#mistake ??= { text: this.#insight.mistake(this, unmasked) };
    return this.#mistake.text;
  }

  /** The sensitive fields of a call, decrypted; none of an upload, which has none. */
  get sensitiveFields(): readonly SensitiveField[] {
    return this.#recorded.trace?.kind === 'upload' || this.isCut ? [] : this.#insight.sensitiveFields(this);
  }

  /** One line about the request: what it was, how it ended, and which mistake was made. */
  summary(language: Language = 'en'): string {
    const { method, url, upload, caller, response, outcome, replayOf } = this;
    const what = upload?.filename === undefined ? [] : [JSON.stringify(upload.filename)];
    const by = caller === undefined ? [] : [caller];
    const why = this.mistake ? [`— ${this.mistake[language]}`] : [];
    const how = [`→ ${response?.status ?? '–'} ${outcome}`];
    const again = replayOf === undefined ? [] : [fill(REPLAY[language], language, { n: replayOf })];
    return [method, url, ...what, ...by, ...how, ...again, ...why].join(' ');
  }

  get #authorization(): string | undefined {
    return headersOf(this.#recorded).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  }

  private get form(): ReceivedForm {
    this.#form ??= readForm(this.header('content-type'), this.body);
    return this.#form;
  }
}

const REPLAY = { en: '(replay of #{n})', 'zh-CN': '（#{n} 的重放）' };
const WITH_DETAIL = { en: '{text} ({detail})', 'zh-CN': '{text}（{detail}）' };
