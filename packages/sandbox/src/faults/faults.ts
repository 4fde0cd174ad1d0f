import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { filled, parseAuthorization } from '@coupon-media/apiv3';
import type { Random, Respond, Response, Trace, Writer } from '@coupon-media/server';
import type { Clock } from '../run/clock.js';
import { noteFault } from './applied.js';
import { faultOfFilename } from './by-filename.js';
import { drawnDelay, dribble, wait } from './delay.js';
import type { Hosts } from './hosts.js';
import { type Asked, createMatching, type Matching } from './matching.js';
import type { NextKeys } from './next-keys.js';
import type { Platform } from './platform.js';
import { readFaultRule } from './read-rule.js';
import { refuse } from './refusal.js';
import type { FaultResponse, FaultRule, HostName } from './rule.js';
import { neverError } from './rule-error.js';
import { faultRow } from './table.js';
import { reset } from './written.js';

/** The faults of a sandbox: rules for what is to go wrong. */
export interface Faults {
  /**
   * Adds rules, which hold for all requests from now on.
   *
   * @throws SandboxError `FAULT_RULE` if a rule cannot be read, `FAULT_NEVER` if it could never be applied
   */
  add(...rules: readonly FaultRule[]): void;
  /** The rules in the order in which they were added, and how often each was applied. */
  list(): readonly FaultReport[];
  /**
   * Removes the rules of a name. The chances, counts and keys of others stay as they are.
   *
   * @returns how many there were
   */
  remove(name: string): number;
  /** Removes all rules; hosts that refused connections listen again, and a rotation of the platform's keys is undone. */
  clear(): void;
  /**
   * The platform keys after a rotation (`PLATFORM_KEY_ROTATED`), for a client that is to know them before: the id and the PEM text of
   * a public key and of a certificate.
   */
  nextPlatformKeys(): Promise<{ readonly publicKey: NextPlatformKey; readonly certificate: NextPlatformKey }>;
}

/** The public half of a platform key. */
export interface NextPlatformKey {
  readonly id: string;
  readonly pem: string;
}

/** A rule and its use. */
export interface FaultReport {
  readonly rule: FaultRule & { readonly name: string; readonly priority: number };
  /** How many requests had the rule's endpoint, merchant, host and filename. */
  readonly seen: number;
  readonly applied: number;
  /** False if its `count` or its `until` has been reached. */
  readonly inForce: boolean;
}

/** The faults, and what the service calls. */
export interface FaultMachine {
  readonly faults: Faults;
  /** A request has arrived, and nothing of it was read. */
  begin(trace: Trace, request: IncomingMessage): void;
  readonly respond: Respond;
}

export interface FaultOptions {
  readonly hosts: Hosts;
  readonly platform: Platform;
  readonly clock: Clock;
  readonly random: Random;
  /** The seed of rules that have none. */
  readonly seed: string;
  /** @returns whether a merchant or a brand may call */
  isCaller(id: string): boolean;
  /** Ends delays. */
  readonly stopping: AbortSignal;
}

const DEFAULT_PRIORITY = 5;

export function createFaults(options: FaultOptions): FaultMachine {
  const { hosts, platform, clock, random, stopping } = options;
  let matchings: Matching[] = [];
  let added = 0;
  /** How often each filename has asked for its fault. */
  const named = new Map<string, number>();
  const used = new WeakSet<Socket>();

  function askedOf(trace: Trace, request: IncomingMessage, caller: string): Asked {
    const { head, stored } = trace;
    const path = head.url.split('?', 1)[0] ?? '';
    const filename = stored?.filename;
    return { path, host: hosts.of(request), caller, isBrand: head.scheme === 'brand', filename };
  }

  /** Every rule of the stage counts the request; of those that match, the first is applied. */
  function choose(asked: Asked, isOfStage: (response: FaultResponse) => boolean): Chosen | undefined {
    const [first] = matchings
      .filter(({ rule }) => isOfStage(rule.response))
      .flatMap((matching) => {
        const decision = matching.decide(asked);
        return decision ? [{ matching, ...decision }] : [];
      })
      .sort((a, b) => a.matching.rule.priority - b.matching.rule.priority);
    if (!first) return chosenByFilename(asked, isOfStage);
    first.matching.use();
    const { rule, draw } = first.matching;
    return { name: rule.name, response: rule.response, draw, wait: first.wait };
  }

  function chosenByFilename({ filename = '' }: Asked, isOfStage: typeof isLate): Chosen | undefined {
    const fault = faultOfFilename(filename);
    const times = named.get(filename) ?? 0;
    if (!fault || times >= fault.count || !isOfStage(fault.response)) return undefined;
    if (Number.isFinite(fault.count)) named.set(filename, times + 1);
    return { name: filename, response: fault.response, draw: () => 0, wait: undefined };
  }

  async function change(response: Response, trace: Trace, { response: wanted, wait: seconds }: Chosen) {
    const now = Math.floor(clock.now() / 1000);
    const { refusal, fault } = wanted;
    const refused =
      refusal === undefined ? response : await refuse(refusal, wanted, { trace, now, random, wait: seconds });
    const row = fault && faultRow(fault);
    if (row?.stage === 'response') return row.replacement();
    const isSigned = 'Wechatpay-Signature' in refused.headers;
    if (row?.stage !== 'signed' || !trace.responseSigner || !isSigned) return refused;
    const { keyId } = trace.responseSigner.signer;
    return row.change(refused, {
      ...trace.responseSigner,
      ...{ now, nonce: random.id() },
      other: () => platform.other(keyId),
      next: () => platform.rotated(keyId),
    });
  }

  async function apply(given: Response, trace: Trace, chosen: Chosen): Promise<Response | Writer> {
    const { fixedDelayMilliseconds = 0, delayDistribution, chunkedDribbleDelay, fault } = chosen.response;
    noteFault(trace, { rule: chosen.name, response: chosen.response });
    const response = await change(given, trace, chosen);
    const drawn = delayDistribution ? drawnDelay(delayDistribution, chosen.draw) : 0;
    await wait(fixedDelayMilliseconds + drawn, stopping);
    if (chunkedDribbleDelay) return dribble(response, chunkedDribbleDelay, stopping);
    const row = fault && faultRow(fault);
    return row?.stage === 'writing' ? (to, request) => row.write(response, to, request) : response;
  }

  function follow(): void {
    hosts.refuse((host) => matchings.some((matching) => refuses(matching, host)));
  }

  return {
    begin(trace, request) {
      const { socket } = request;
      const isReused = used.has(socket);
      used.add(socket);
      if (matchings.length === 0) return;
      const authorization = parseAuthorization(trace.head.header('authorization'));
      const caller = typeof authorization === 'string' ? '' : authorization.id;
      const chosen = choose(askedOf(trace, request, caller), ({ fault }) => {
        const row = fault && faultRow(fault);
        return row?.stage === 'head' && (isReused || !row.reusedOnly);
      });
      if (!chosen) return;
      noteFault(trace, { rule: chosen.name, response: chosen.response });
      reset(socket);
      request.destroy();
    },
    async respond(response, { request, trace }) {
      // What the sandbox itself refuses keeps its refusal.
      if (response.status >= 400) return response;
      const now = Math.floor(clock.now() / 1000);
      const isListing = trace.kind === 'certificates' && platform.isRotated();
      const current = isListing ? await platform.listed(response, trace, now) : response;
      const chosen = choose(askedOf(trace, request, trace.merchant ?? ''), isLate);
      return chosen ? apply(current, trace, chosen) : current;
    },
    faults: {
      add(...rules) {
        const fresh = rules.map((given, at) => {
          const place = rules.length > 1 ? `rules[${at}]` : '';
          const read = readFaultRule(given, place, clock.now());
          const { merchant } = read.request ?? {};
          if (merchant !== undefined && !options.isCaller(merchant))
            throw neverError(place, filled(NO_CALLER, { merchant }));
          const name = read.name ?? `rule ${added + at + 1}`;
          const rule = { ...read, name, priority: read.priority ?? DEFAULT_PRIORITY };
          return createMatching(rule, clock.now, `${options.seed} ${added + at + 1}`);
        });
        added += fresh.length;
        // The keys are made now and not while a client waits: one with a short deadline would see nothing but that.
        if (fresh.some(({ rule }) => rule.response.fault === 'PLATFORM_KEY_ROTATED'))
          platform.next().catch(() => {});
        // The newest stands first, so that of equal priorities it is applied.
        matchings = [...fresh.reverse(), ...matchings];
        follow();
      },
      list: () =>
        matchings
          .map((matching) => {
            const { rule, seen, applied } = matching;
            return { rule, seen, applied, inForce: matching.isInForce() };
          })
          .reverse(),
      remove(name) {
        const before = matchings.length;
        const isRotated = () => matchings.some(({ rule }) => rule.response.fault === 'PLATFORM_KEY_ROTATED');
        const wasRotated = isRotated();
        matchings = matchings.filter(({ rule }) => rule.name !== name);
        if (wasRotated && !isRotated()) platform.restore();
        follow();
        return before - matchings.length;
      },
      clear() {
        matchings = [];
        // Rules that are added again draw the same chances.
        added = 0;
        named.clear();
        platform.restore();
        follow();
      },
      async nextPlatformKeys() {
        const { publicKey, certificate } = await platform.next();
        return { publicKey: publicHalf(publicKey), certificate: publicHalf(certificate) };
      },
    },
  };
}

/** What is applied to a request. */
interface Chosen {
  readonly name: string;
  readonly response: FaultResponse;
  readonly wait: number | undefined;
  draw(): number;
}

const NO_CALLER = {
  en: 'no merchant or brand of this sandbox is {merchant}',
  'zh-CN': '本沙箱没有商户或品牌 {merchant}',
};

/** Whether a rule acts when the response is known. */
function isLate({ fault }: FaultResponse): boolean {
  const stage = fault && faultRow(fault).stage;
  return stage !== 'head' && stage !== 'listening';
}

function refuses({ rule, isInForce }: Matching, host: HostName): boolean {
  const { fault } = rule.response;
  const isRefusal = fault !== undefined && faultRow(fault).stage === 'listening';
  return isRefusal && isInForce() && (rule.request?.host ?? host) === host;
}

function publicHalf({ id, publicPem }: NextKeys['publicKey']): NextPlatformKey {
  return { id, pem: publicPem };
}
