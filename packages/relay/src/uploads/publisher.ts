import type { Text } from '@coupon-media/apiv3';
import {
  type EndSignal,
  PublishError,
  type PublishedValue,
  type Publisher,
  type PublishRequest,
  type UpstreamRefusal,
  type WantedImage,
} from '@coupon-media/door';
import type { Outbox, Place, Recorded, UploadKey, Wish } from '../outbox/index.js';
import { textOf } from '../outbox/rows.js';
import { LASTING, type Trouble, troubleOf } from '../upstream/result.js';
import type { HeldImages } from './held.js';
import type { Told } from './settle.js';

/** What an account's lane says to its callers. */
export interface LaneState {
  wake(): void;
  /** Whether it is upstream that keeps the callers of an upload waiting, and not its turn. */
  isSlow(key: UploadKey): boolean;
  /** The state of the breaker. */
  breaker(): 0 | 1 | 2;
  /** Milliseconds until upstream is tried again, while it is away. */
  rest(): number;
  /** Turns per second. */
  perSecond(): number;
}

/** A publisher by the outbox: what is recorded is known at once, anything else is wished and waited for. */
export interface OutboxPublisher extends Publisher, Told {
  /** Ends the waiting of all callers: they are told when to come again, and what they wished stays. */
  close(): void;
}

/** Seconds. */
const LONGEST_RETRY_AFTER = 3_600;

/**
 * @param lane undefined if there is no such account
 * @param held keeps the bytes of an image while its caller waits
 * @param clock Unix milliseconds
 */
export function createPublisher(
  outbox: Outbox,
  lane: (account: string) => LaneState | undefined,
  held: Pick<HeldImages, 'keep' | 'letGo'>,
  clock: () => number,
): OutboxPublisher {
  const waiting = new Map<string, Set<Waiting>>();
  let closed = false;

  /** Waits for what becomes of a key, until the signal. It is called before the wish, and ended by its caller. */
  function listen(key: UploadKey, state: LaneState, signal: EndSignal): Listening {
    const text = textOf(key);
    const others = waiting.get(text) ?? new Set();
    let end = (): void => {};
    const news = new Promise<News>((resolve) => {
      let passing: Trouble | undefined;
      const late = () => resolve(passing ? { is: 'trouble', trouble: passing } : { is: 'late' });
      function trouble(one: Trouble): void {
        // What may pass is tried again while the caller waits; what only the operator mends is said at once.
        if (!LASTING.has(one.kind) && state.breaker() !== 2) passing = one;
        else resolve({ is: 'trouble', trouble: one });
      }
      const one: Waiting = { late, trouble };
      // The trouble of this node comes without the store; that of other nodes by the outbox.
      const unfollow = outbox.follow(key, {
        settled: (settled) => resolve(newsOf(settled)),
        returned(reason) {
          const given = troubleOf(reason);
          if (given) trouble(given);
        },
      });
      waiting.set(text, others.add(one));
      if (signal.aborted || closed) late();
      else signal.addEventListener('abort', late, { once: true });
      end = () => {
        unfollow();
        signal.removeEventListener('abort', late);
        others.delete(one);
        if (others.size === 0 && waiting.get(text) === others) waiting.delete(text);
      };
    });
    return { news, end };
  }

  function wishOf({ account, endpoint, upload, caller, slot, changes }: WantedImage): Wish {
    const { sha256, kind, filename, bytes, width, height } = upload;
    const picture = { kind, filename, bytes, width, height, slot, changes };
    return { account, endpoint, sha256, ...picture, caller, since: clock() };
  }

  /** @returns what is recorded, or undefined if the wish is pending */
  async function wish(request: PublishRequest): Promise<Recorded | undefined> {
    const { withImage } = outbox;
    const rows = request.added?.[0];
    return withImage && rows ? withImage.wished(wishOf(request), rows) : outbox.wish(wishOf(request));
  }

  return {
    addition(wanted) {
      if (!lane(wanted.account)) return undefined;
      const keep = (content: Buffer): void => held.keep(wanted.upload.sha256, content);
      return { ...(outbox.withImage?.wishing(wishOf(wanted)) ?? { statements: [] }), keep };
    },

    async known(account, endpoint, sha256) {
      const recorded = await outbox.recorded({ account, endpoint, sha256 });
      return recorded && reused(recorded);
    },

    async publish(request) {
      const { account, endpoint, upload, added, isUnknown = false } = request;
      const key = { account, endpoint, sha256: upload.sha256 };
      const state = lane(account);
      if (!state) throw unavailable(0);
      // A wish finds out, too, but by a write. That of the image's commit has been written.
      const isAsked = !isUnknown && !added?.length;
      const { news, end } = listen(key, state, request.signal);
      try {
        const known = isAsked ? await outbox.recorded(key) : undefined;
        if (known) return reused(known);
        const before = await wish(request);
        if (before) return reused(before);
        state.wake();
        // While upstream is known to be away, nobody is kept waiting for it.
        if (state.breaker() === 2) throw unavailable(state.rest());
        return await answer(request, state, await news);
      } finally {
        // Only what was added to the commit of the image has kept it.
        if (added) held.letGo(upload.sha256);
        end();
      }
    },

    trouble(key, trouble) {
      for (const one of waiting.get(textOf(key)) ?? []) one.trouble(trouble);
    },
    close() {
      closed = true;
      for (const ofKey of waiting.values()) for (const { late } of ofKey) late();
    },
  };

  /** @throws PublishError */
  async function answer(
    { account, endpoint, upload }: PublishRequest,
    state: LaneState,
    news: News,
  ): Promise<PublishedValue> {
    switch (news.is) {
      case 'published':
        return { value: news.value, upstreamRequestId: news.upstreamRequestId, reused: false };
      case 'refused':
        throw new PublishError('refused', REFUSED, { upstream: news.refusal });
      case 'trouble':
        throw unavailable(
          LASTING.has(news.trouble.kind) ? 0 : Math.max(1_000, state.rest()),
          news.trouble.cause,
        );
      case 'late': {
        const key = { account, endpoint, sha256: upload.sha256 };
        if (state.breaker() > 0 || state.isSlow(key)) throw unavailable(Math.max(1_000, state.rest()));
        const seconds = secondsUntilTurn(await outbox.place(key), state.perSecond());
        throw new PublishError('waiting', WAITING, { retryAfter: seconds });
      }
    }
  }
}

/**
 * Callers take turns, so an image waits for those of its caller that came before, and for as many of each other caller: one that has few
 * pending may bring new ones all the time. A quarter more, and a second, are for a pace that slows down: a Retry-After that is too short
 * costs a request.
 *
 * @param place undefined if the image is no longer pending
 */
export function secondsUntilTurn(place: Place | undefined, perSecond: number): number {
  const ahead = place ? place.own * place.callers : 0;
  return Math.min(LONGEST_RETRY_AFTER, Math.ceil((ahead / perSecond) * 1.25) + 1);
}

/** A caller of this process. */
interface Waiting {
  /** Its time is over. */
  late(): void;
  trouble(trouble: Trouble): void;
}

interface Listening {
  /** What ends the waiting. */
  readonly news: Promise<News>;
  end(): void;
}

type News =
  | { readonly is: 'published'; readonly value: string; readonly upstreamRequestId: string }
  | { readonly is: 'refused'; readonly refusal: UpstreamRefusal }
  | { readonly is: 'trouble'; readonly trouble: Trouble }
  | { readonly is: 'late' };

function newsOf(settled: Recorded | { readonly refusal: string }): News {
  if ('refusal' in settled) return { is: 'refused', refusal: JSON.parse(settled.refusal) };
  return { is: 'published', value: settled.value, upstreamRequestId: settled.upstreamRequestId };
}

function reused({ value, upstreamRequestId }: Recorded): PublishedValue {
  return { value, upstreamRequestId, reused: true };
}

/** @param rest milliseconds until it may be otherwise; 0 if only the operator can mend it */
function unavailable(rest: number, cause?: unknown): PublishError {
  return rest > 0
    ? new PublishError('unavailable', AWAY, { retryAfter: Math.ceil(rest / 1000), cause })
    : new PublishError('unavailable', BROKEN, { cause });
}

const REFUSED: Text = { 'zh-CN': '微信支付拒绝了该图片', en: 'WeChat Pay refuses the image' };
const WAITING: Text = {
  'zh-CN': '图片已收到，正在排队上传到微信支付，请在 Retry-After 之后使用原参数重试',
  en: 'the image was received and waits for its turn at WeChat Pay: ask again with the same parameters after Retry-After',
};
const AWAY: Text = {
  'zh-CN': '图片已收到，微信支付暂时无法访问，恢复后会自动上传，请稍后使用原参数重试',
  en: 'the image was received; WeChat Pay cannot be reached now, and it is uploaded when it can: ask again later with the same parameters',
};
const BROKEN: Text = {
  'zh-CN': '图片已收到，但中继服务暂时无法上传到微信支付，请联系中继服务的管理员；不是请求的问题',
  en: 'the image was received, and the relay cannot upload it to WeChat Pay now: ask its operator. Nothing is wrong with the request',
};
