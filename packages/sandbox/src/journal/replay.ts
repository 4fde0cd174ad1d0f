import { filled, type Text } from '@coupon-media/apiv3';
import { createNonceWindow, type Respond } from '@coupon-media/server';
import type { SandboxIdentity } from '../identity/identity.js';
import type { Clock } from '../run/clock.js';
import { NO_RECORD } from '../run/nonces.js';
import { SandboxError } from '../run/sandbox-error.js';
import type { SeededRandom } from '../run/seed.js';
import type { RunningService } from '../run/service.js';
import type { Journal } from './journal.js';
import type { ReceivedRequest } from './received-request.js';
import { headersOf, type Recorded } from './recorded.js';
import { resigned } from './resign.js';
import { sendAgain } from './send-again.js';

export interface ReplayOptions {
  /**
   * Signs the request again with the key of the sandbox's own merchant, at the present time. Default: false, it is judged as it came, by
   * the time at which it came and as if its nonce were new.
   */
  readonly resign?: boolean | undefined;
}

/** Sends a request of the journal to the service again, by its number. */
export type Replay = (number: number, options: ReplayOptions) => Promise<ReceivedRequest>;

export interface ReplayParts {
  readonly journal: Journal;
  readonly service: RunningService;
  readonly identity: SandboxIdentity;
  readonly clock: Clock;
  readonly random: SeededRandom;
}

/**
 * Lets a second service, whose clock and nonces are those of the replay, judge a request of the journal again.
 *
 * @returns the entry of the journal that it made
 * @throws SandboxError if the request is not there whole
 */
export async function replayRequest(
  number: number,
  { resign = false }: ReplayOptions,
  { journal, service, identity, clock, random }: ReplayParts,
): Promise<ReceivedRequest> {
  const { request, recorded } = whole(number, journal);
  const judgedBy = resign ? clock : { now: () => recorded.at, described: () => recorded.clock };
  let repeated: ReceivedRequest | undefined;
  const listener = journal.replayListener({
    ...{ of: number, clock: judgedBy },
    ended(ofReplay) {
      repeated = ofReplay;
    },
  });
  const given = headersOf(recorded);
  const nonces = resign ? service.nonces : createNonceWindow(() => Math.floor(recorded.at / 1000), NO_RECORD);
  // No fault is applied: what is asked for is how the service judges.
  const respond: Respond = (response, of) => {
    journal.receiveRest(of.trace, of.request);
    return response;
  };
  await service.beside({ listener, nonces, respond, clock: judgedBy.now }, async (port) => {
    const headers = resign ? await resigned(given, request, identity, { clock, random }) : given;
    await sendAgain(port, { ...recorded, headers });
  });
  if (!repeated) throw new Error(`request #${number} was sent again, and did not arrive`);
  return repeated;
}

/** @throws SandboxError if the body is not there as it came */
function whole(number: number, journal: Journal): { request: ReceivedRequest; recorded: Recorded } {
  const request = journal.request(number);
  const recorded = journal.recorded(number);
  if (!request || !recorded) throw new SandboxError('NOT_FOUND', filled(TEXTS.notFound, { number }));
  if (request.isCut) throw new SandboxError('DROPPED', filled(TEXTS.dropped, { number }));
  const declared = Number(request.header('content-length') ?? 0);
  if (request.outcome === 'SENDER_AWAY' || recorded.body.kept < declared)
    throw new SandboxError('INCOMPLETE', filled(TEXTS.incomplete, { number }));
  return { request, recorded };
}

const TEXTS = {
  notFound: {
    en: 'there is no request #{number} in the journal, or it gave way to newer ones',
    'zh-CN': '没有 #{number} 号请求，或者它已被更新的请求挤出记录',
  },
  dropped: {
    en: 'request #{number} cannot be replayed: its image is no longer kept, because the journal was full. Send it again, or keep more with startSandbox({ journal: { bytes } })',
    'zh-CN':
      '#{number} 号请求无法重放：请求记录已满，其中的图片已不再保留。请重新发送，或用 startSandbox({ journal: { bytes } }) 保留更多',
  },
  incomplete: {
    en: 'request #{number} cannot be replayed: its body did not arrive whole',
    'zh-CN': '#{number} 号请求无法重放：请求体没有完整到达',
  },
} as const satisfies Record<string, Text>;
