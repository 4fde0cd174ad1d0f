import type { ImageReader, StoredBytes } from '@coupon-media/server/engine';
import type { Claim, Outbox, UploadKey } from '../outbox/index.js';
import { textOf } from '../outbox/rows.js';
import type { PaceShare } from '../pace/pace.js';
import { CONCURRENT } from '../pace/paces.js';
import type { Breaker } from '../upstream/breaker.js';
import { LASTING, type Trouble, type UpstreamResult, type UpstreamUpload } from '../upstream/result.js';
import type { HeldImages } from './held.js';
import type { Settle } from './settle.js';

/** What carries out the pending uploads of one account, on this node. */
export interface Lane {
  /** Something is pending, or there is room for more. */
  wake(): void;
  /** Whether upstream has not answered a call for an upload for long, so that it is upstream that keeps its callers waiting. */
  isSlow(key: UploadKey): boolean;
  /** Takes nothing more, gives back what has no answer after a while, and records what has. */
  close(): Promise<void>;
}

export interface LaneParts {
  readonly account: string;
  readonly outbox: Outbox;
  readonly images: Pick<ImageReader, 'read'>;
  /** Bytes that need not be read. */
  readonly held: Pick<HeldImages, 'find'>;
  readonly breaker: Breaker;
  /** Uploads to upstream. Never rejects. */
  upload(upload: UpstreamUpload): Promise<UpstreamResult>;
  readonly pace: Pick<PaceShare, 'waiting' | 'perSecond' | 'onTurn'>;
  /** Makes a result durable, and tells whoever waits for it. */
  readonly settle: Settle;
  /** Reports a failure of the store. */
  failed(error: unknown): void;
  /** Unix milliseconds. */
  clock(): number;
  random(): number;
}

/** Milliseconds. A claim is renewed long before it ends; what a killed node had is taken over when it ends. */
const CLAIMED = { for: 15_000, renewed: 5_000 };

/** Milliseconds between two looks at the outbox without any sign: what other nodes left, and what is due again. */
const LOOK = 1_000;

/** Milliseconds that uploads under way have to end when the relay stops. */
const ENDING = 8_000;

/** Milliseconds of claims ahead of their turns: what comes from another caller waits no longer than for these. */
const AHEAD = 200;

/** Milliseconds. Upstream takes some hundred. */
const SLOW = 2_000;

/** Milliseconds before an upload is tried again after trouble: twice as long each time. */
const BACKOFF = { first: 1_000, most: 60_000 };

export function openLane(parts: LaneParts): Lane {
  const { account, outbox, pace, breaker, clock } = parts;
  const underWay = new Set<Promise<void>>();
  const claimed = new Set<Claim>();
  /** When the uploads under way last called upstream, by their keys. */
  const begun = new Map<string, number>();
  const stopping = new AbortController();
  let preparing = 0;
  let closing = false;
  let awake = (): void => {};

  /** Requests that may wait for their turns at a time. */
  const ahead = (): number => Math.max(2, Math.ceil((pace.perSecond() * AHEAD) / 1000));

  // An upload that had its turn may be at upstream for long: what waits for the next turns does not wait for its end.
  pace.onTurn(() => {
    if (pace.waiting() * 2 <= ahead()) awake();
  });

  /** How many more claims may be taken: few more than have a turn soon, so that the next is chosen as late as possible. */
  function room(): number {
    if (breaker.state() === 2) return 0;
    if (breaker.state() === 1) return underWay.size === 0 ? 1 : 0;
    return Math.min(ahead() - pace.waiting() - preparing, CONCURRENT - underWay.size);
  }

  async function work(): Promise<void> {
    while (!closing) {
      const signed = new Promise<void>((resolve) => {
        awake = resolve;
      });
      const most = room();
      const claims = most > 0 ? await take(most) : [];
      for (const claim of claims) begin(claim);
      if (claims.length > 0 && claims.length === most && room() > 0) continue;
      await signed;
    }
  }

  async function take(most: number): Promise<readonly Claim[]> {
    try {
      return await outbox.claim(account, most, clock() + CLAIMED.for);
    } catch (error) {
      parts.failed(error);
      return [];
    }
  }

  function begin(claim: Claim): void {
    const running = carryOut(claim)
      .catch(parts.failed)
      .finally(() => {
        underWay.delete(running);
        awake();
      });
    underWay.add(running);
  }

  const looking = setInterval(() => awake(), LOOK);
  const renewing = setInterval(() => {
    for (const claim of claimed) outbox.renew(claim, clock() + CLAIMED.for).catch(parts.failed);
  }, CLAIMED.renewed);

  async function carryOut(claim: Claim): Promise<void> {
    claimed.add(claim);
    const began = performance.now();
    try {
      const content = parts.held.find(claim.sha256) ?? (await stored(claim));
      const onCall = (): void => void begun.set(textOf(claim), performance.now());
      const result = content
        ? await parts.upload({ ...claim, content, signal: stopping.signal, onCall })
        : MISSING;
      await conclude(claim, result, performance.now() - began);
    } finally {
      claimed.delete(claim);
      begun.delete(textOf(claim));
    }
  }

  async function stored({ sha256, kind }: Claim): Promise<Buffer | undefined> {
    preparing += 1;
    try {
      const image = await parts.images.read(sha256, kind);
      return image && (await whole(image));
    } finally {
      preparing -= 1;
    }
  }

  async function conclude(claim: Claim, result: UpstreamResult, milliseconds: number): Promise<void> {
    if (result.outcome === 'trouble') breaker.failed();
    // An answer of upstream, whatever it says, shows that it is there.
    else if (result.outcome !== 'stopped') breaker.succeeded();
    await parts.settle(claim, result, { milliseconds, notBefore: clock() + delayAfter(claim, result) });
  }

  /** Milliseconds until the next try. */
  function delayAfter({ attempts }: Claim, result: UpstreamResult): number {
    if (result.outcome === 'slowed') return Math.max(1, result.retryAfter ?? 1) * 1000;
    if (result.outcome !== 'trouble') return 0;
    const doubled = BACKOFF.first * 2 ** Math.min(attempts, 10);
    return Math.min(BACKOFF.most, isLasting(result) ? doubled * 4 : doubled) * (1 + parts.random() / 4);
  }

  const working = work();
  return {
    wake: () => awake(),
    isSlow(key) {
      const since = begun.get(textOf(key));
      return since !== undefined && performance.now() - since > SLOW;
    },
    async close() {
      closing = true;
      awake();
      await working;
      const timer = setTimeout(() => stopping.abort(), ENDING);
      await Promise.allSettled(underWay);
      clearTimeout(timer);
      clearInterval(renewing);
      clearInterval(looking);
    },
  };
}

const MISSING: UpstreamResult = {
  ...{ outcome: 'trouble', kind: 'image', code: 'IMAGE_MISSING', host: undefined, hosts: [], attempts: 0 },
  cause: undefined,
};

function isLasting({ kind }: Trouble): boolean {
  return LASTING.has(kind);
}

async function whole(stored: StoredBytes): Promise<Buffer> {
  if (stored.whole) return stored.whole();
  const content = stored.content();
  if (Buffer.isBuffer(content)) return content;
  const pieces: Buffer[] = [];
  for await (const piece of content) pieces.push(piece);
  return Buffer.concat(pieces, stored.size);
}
