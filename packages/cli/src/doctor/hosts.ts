import {
  errorText,
  type Language,
  networkReasonText,
  type ResponseFault,
  type SignInformation,
  verifyResponse,
} from '@coupon-media/apiv3';
import { explain } from '@coupon-media/apiv3/explain';
import { ApiError, adviceOn } from '@coupon-media/client';
import { platformRing } from '../capture/verify.js';
import type { MessageKey } from '../messages/messages.js';
import { hostsOf } from '../profile/identity.js';
import type { Profile } from '../profile/profile.js';
import { oneLine } from '../shell/failure.js';
import { type Check, type CheckContext, type CheckResult, ok, skipped, wrong } from './check.js';
import { type ProbeIdentity, type ProbeResponse, probe } from './probe.js';

/** Checks of hosts, clock, signature and permission, by one real request per host that stores nothing. */
export function hostChecks(profile: Profile): Check[] {
  return [
    ...hostsOf(profile).map(reachable),
    { name: 'clock', title: 'doctor.clock', isConfiguration: false, run: checkClock },
    { name: 'signature', title: 'doctor.signature', isConfiguration: true, run: checkSignature },
    { name: 'permission', title: 'doctor.permission', isConfiguration: true, run: checkPermission },
    { name: 'response', title: 'doctor.response', isConfiguration: true, run: checkResponse },
  ];
}

function reachable(host: string): Check {
  return {
    name: 'host',
    host,
    title: 'doctor.host',
    isConfiguration: false,
    async run(context) {
      const { say } = context;
      try {
        const response = await probe(host, identityOf(context));
        context.responses.set(host, response);
        if (!isFromService(response))
          return wrong(
            say('doctor.host.another', { status: response.status }),
            remedyFor(host, response, context),
          );
        return ok(say('doctor.host.ok', { milliseconds: response.milliseconds }));
      } catch (error) {
        const why = reasonOf(error, context.language);
        return wrong(say('doctor.host.dead', { why }), say('doctor.host.remedy'));
      }
    },
  };
}

/** What the client would say of an upload that is answered so. */
function remedyFor(
  host: string,
  { status, headers, body }: ProbeResponse,
  { language }: CheckContext,
): string {
  const response = { host, attempt: 1, status, headers: {}, rawBody: body, requestId: undefined };
  const judged = { verified: false, fromGateway: true, retryAfter: undefined, findings: [] };
  const { remedy } = adviceOn(
    new ApiError({ code: `HTTP_${status}`, message: '', detail: undefined }, response, judged),
  );
  const server = headerOf(headers, 'server');
  return server === undefined ? remedy[language] : `${remedy[language]} (Server: ${server.slice(0, 60)})`;
}

function identityOf({ profile, privateKey, certificate }: CheckContext): ProbeIdentity {
  const { mchid, brandId, certificateSerialNo, wechatPayPublicKeyId } = profile.values;
  return {
    scheme: brandId ? 'brand' : 'merchant',
    id: (brandId ?? mchid)?.value ?? '',
    serialNo: certificateSerialNo?.value ?? certificate?.serialNo,
    privateKey,
    wechatpaySerial: wechatPayPublicKeyId?.value,
  };
}

function checkClock({ responses, say }: CheckContext): CheckResult {
  for (const { headers, at } of responses.values()) {
    const date = Date.parse(headerOf(headers, 'date') ?? '') / 1000;
    if (Number.isNaN(date)) continue;
    // The header has whole seconds, so the middle of the second is the best estimate.
    const seconds = Math.round(at - (date + 0.5));
    const [text, remedy] = [say('doctor.clock.off', { seconds }), say('doctor.clock.remedy')];
    return Math.abs(seconds) > CLOCK_TOLERANCE
      ? wrong(text, remedy)
      : ok(say('doctor.clock.ok', { seconds }));
  }
  return skipped(say('doctor.noResponse'));
}

/** Seconds. Requests are refused at 300 s, and a clock with NTP is never off by a minute. */
const CLOCK_TOLERANCE = 60;

async function checkSignature(context: CheckContext): Promise<CheckResult> {
  const { say, language } = context;
  const response = responseOf(context);
  if (!response) return skipped(say('doctor.noResponse'));
  if (!response.authorization) return skipped(say('doctor.notSigned'));
  const { code, message, detail } = refusalOf(response);
  if (response.status === 401) {
    const [found] = explain(evidenceOf(context, response, detail));
    const text = `${code}: ${message}${found ? ` · ${found.message[language]}` : ''}`;
    return wrong(text, found?.remedy[language] ?? say('doctor.signature.remedy'));
  }
  if (await faultOf(context, response)) return skipped(say('doctor.unproven'));
  if (PAST_SIGNATURE.has(response.status)) return ok(say('doctor.signature.ok', { code }));
  return skipped(say('doctor.undecided', { status: response.status }));
}

/** Statuses that, in a signed response, prove that the signature of the request was accepted (contract 3.5, 5.2). */
const PAST_SIGNATURE: ReadonlySet<number> = new Set([400, 403, 429]);

async function checkPermission(context: CheckContext): Promise<CheckResult> {
  const { say } = context;
  const response = responseOf(context);
  if (!response?.authorization) return skipped(say('doctor.noResponse'));
  if (response.status === 403) return wrong(refusalOf(response).message, say('doctor.permission.remedy'));
  if (await faultOf(context, response)) return skipped(say('doctor.unproven'));
  if (response.status === 400 || response.status === 429) return ok(say('doctor.permission.ok'));
  return skipped(say('doctor.undecided', { status: response.status }));
}

async function checkResponse(context: CheckContext): Promise<CheckResult> {
  const { say } = context;
  const response = responseOf(context);
  if (!response?.authorization) return skipped(say('doctor.noResponse'));
  const fault = await faultOf(context, response);
  const serial = headerOf(response.headers, 'wechatpay-serial') ?? '';
  if (!fault) return ok(say('doctor.response.ok', { serial }));
  if (fault === 'unsigned' && response.status !== 200) return skipped(say('doctor.response.unsigned'));
  return wrong(say(FAULT_TEXTS[fault], { serial: serial }), say(FAULT_REMEDIES[fault]));
}

const FAULT_TEXTS: Readonly<Record<ResponseFault, MessageKey>> = {
  unsigned: 'doctor.response.unsigned',
  stale: 'doctor.response.stale',
  unknownKey: 'doctor.response.unknownKey',
  signatureWrong: 'doctor.response.signatureWrong',
};

const FAULT_REMEDIES: Readonly<Record<ResponseFault, MessageKey>> = {
  unsigned: 'doctor.host.another.remedy',
  stale: 'doctor.clock.remedy',
  unknownKey: 'doctor.response.unknownKey.remedy',
  signatureWrong: 'doctor.response.signatureWrong.remedy',
};

/** The response of the first host that responds as the service does. */
function responseOf({ responses }: CheckContext): ProbeResponse | undefined {
  return [...responses.values()].find(isFromService);
}

/** A response of the service is JSON with a code and has a Request-ID (contract 3.3), whatever the status. */
function isFromService(response: ProbeResponse): boolean {
  return refusalOf(response).code !== '' && headerOf(response.headers, 'request-id') !== undefined;
}

interface RefusalFields {
  code: string;
  message: string;
  detail: unknown;
}

function refusalOf({ body }: ProbeResponse): RefusalFields {
  try {
    const { code, message, detail } = JSON.parse(body.toString()) as Record<string, unknown>;
    return { code: String(code ?? ''), message: String(message ?? ''), detail };
  } catch {
    return { code: '', message: '', detail: undefined };
  }
}

/** @returns why a response cannot be trusted; undefined if it can */
async function faultOf(
  context: CheckContext,
  { headers, body }: ProbeResponse,
): Promise<ResponseFault | undefined> {
  const ring = platformRing(context.profile, context);
  return verifyResponse({ header: (name) => headerOf(headers, name), body }, ring, context.now());
}

function evidenceOf(context: CheckContext, response: ProbeResponse, detail: unknown) {
  const { certificate, privateKey, platformCertificate } = context;
  const { sign_information } = (detail ?? {}) as { sign_information?: Partial<SignInformation> };
  const date = Date.parse(headerOf(response.headers, 'date') ?? '');
  return {
    method: response.method,
    url: response.path,
    authorization: response.authorization,
    meta: response.meta,
    signInformation: sign_information,
    certificate,
    privateKey,
    platformCertificate,
    now: response.at,
    serverNow: Number.isNaN(date) ? undefined : date / 1000,
  };
}

function headerOf(headers: ProbeResponse['headers'], name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** The message of a network error. undici keeps the specific part in the cause. */
function reasonOf(error: unknown, language: Language): string {
  const { message, cause, code } = error as Error & { code?: string };
  // A proxy's failure says all in one sentence.
  if (code === 'PROXY_FAILED') return errorText(error)[language];
  const inner = cause instanceof Error ? cause.message : undefined;
  const own = oneLine(inner ?? (message || code || String(error)));
  const reason = language === 'en' ? undefined : networkReasonText(error);
  return reason ? `${reason[language]} · ${own}` : own;
}
