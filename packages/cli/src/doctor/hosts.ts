import { explain, type ResponseFault, type SignInformation, verifyResponse } from '@coupon-media/apiv3';
import { platformRing } from '../capture/verify.js';
import type { MessageKey } from '../messages/messages.js';
import { hostsOf } from '../profile/identity.js';
import type { Profile } from '../profile/profile.js';
import { oneLine } from '../shell/failure.js';
import { type Check, ok, type Patient, skipped, type Verdict, wrong } from './check.js';
import { type ProbeAnswer, type ProbeIdentity, probe } from './probe.js';

/** Checks of what is outside, by one real request to each host that stores nothing. */
export function hostChecks(profile: Profile): Check[] {
  return [
    ...hostsOf(profile).map(reachable),
    { name: 'clock', title: 'doctor.clock', isConfiguration: false, run: checkClock },
    { name: 'signature', title: 'doctor.signature', isConfiguration: true, run: checkSignature },
    { name: 'permission', title: 'doctor.permission', isConfiguration: true, run: checkPermission },
    { name: 'answer', title: 'doctor.answer', isConfiguration: true, run: checkAnswer },
  ];
}

function reachable(host: string): Check {
  return {
    name: 'host',
    host,
    title: 'doctor.host',
    isConfiguration: false,
    async run(patient) {
      const { say } = patient;
      try {
        const answer = await probe(host, identityOf(patient));
        patient.answers.set(host, answer);
        if (!isFromService(answer))
          return wrong(
            say('doctor.host.another', { status: answer.status }),
            say('doctor.host.another.remedy'),
          );
        return ok(say('doctor.host.ok', { milliseconds: answer.milliseconds }));
      } catch (error) {
        return wrong(say('doctor.host.dead', { why: reasonOf(error) }), say('doctor.host.remedy'));
      }
    },
  };
}

function identityOf({ profile, privateKey, certificate }: Patient): ProbeIdentity {
  const { mchid, brandId, certificateSerialNo, wechatPayPublicKeyId } = profile.values;
  return {
    scheme: brandId ? 'brand' : 'merchant',
    id: (brandId ?? mchid)?.value ?? '',
    serialNo: certificateSerialNo?.value ?? certificate?.serialNo,
    privateKey,
    wechatpaySerial: wechatPayPublicKeyId?.value,
  };
}

function checkClock({ answers, say }: Patient): Verdict {
  for (const { headers, at } of answers.values()) {
    const date = Date.parse(headerOf(headers, 'date') ?? '') / 1000;
    if (Number.isNaN(date)) continue;
    // The header has whole seconds: its middle is the best guess.
    const seconds = Math.round(at - (date + 0.5));
    const [text, remedy] = [say('doctor.clock.off', { seconds }), say('doctor.clock.remedy')];
    return Math.abs(seconds) > CLOCK_TOLERANCE
      ? wrong(text, remedy)
      : ok(say('doctor.clock.ok', { seconds }));
  }
  return skipped(say('doctor.noAnswer'));
}

/** Seconds. At 300 requests are refused; a clock that is kept is never a minute off. */
const CLOCK_TOLERANCE = 60;

async function checkSignature(patient: Patient): Promise<Verdict> {
  const { say, language } = patient;
  const answer = answerOf(patient);
  if (!answer) return skipped(say('doctor.noAnswer'));
  if (!answer.authorization) return skipped(say('doctor.notSigned'));
  const { code, message, detail } = refusalOf(answer);
  if (answer.status === 401) {
    const [found] = explain(evidenceOf(patient, answer, detail));
    const text = `${code}: ${message}${found ? ` · ${found.message[language]}` : ''}`;
    return wrong(text, found?.remedy[language] ?? say('doctor.signature.remedy'));
  }
  if (await faultOf(patient, answer)) return skipped(say('doctor.unproven'));
  if (PAST_SIGNATURE.has(answer.status)) return ok(say('doctor.signature.ok', { code }));
  return skipped(say('doctor.undecided', { status: answer.status }));
}

/** What is answered only to a request whose signature was accepted, if the answer is signed (contract 3.5, 5.2). */
const PAST_SIGNATURE: ReadonlySet<number> = new Set([400, 403, 429]);

async function checkPermission(patient: Patient): Promise<Verdict> {
  const { say } = patient;
  const answer = answerOf(patient);
  if (!answer?.authorization) return skipped(say('doctor.noAnswer'));
  if (answer.status === 403) return wrong(refusalOf(answer).message, say('doctor.permission.remedy'));
  if (await faultOf(patient, answer)) return skipped(say('doctor.unproven'));
  if (answer.status === 400 || answer.status === 429) return ok(say('doctor.permission.ok'));
  return skipped(say('doctor.undecided', { status: answer.status }));
}

async function checkAnswer(patient: Patient): Promise<Verdict> {
  const { say } = patient;
  const answer = answerOf(patient);
  if (!answer?.authorization) return skipped(say('doctor.noAnswer'));
  const fault = await faultOf(patient, answer);
  const serial = headerOf(answer.headers, 'wechatpay-serial') ?? '';
  if (!fault) return ok(say('doctor.answer.ok', { serial }));
  if (fault === 'unsigned' && answer.status !== 200) return skipped(say('doctor.answer.unsigned'));
  return wrong(say(FAULT_TEXTS[fault], { serial: serial }), say(FAULT_REMEDIES[fault]));
}

const FAULT_TEXTS: Readonly<Record<ResponseFault, MessageKey>> = {
  unsigned: 'doctor.answer.unsigned',
  stale: 'doctor.answer.stale',
  unknownKey: 'doctor.answer.unknownKey',
  signatureWrong: 'doctor.answer.signatureWrong',
};

const FAULT_REMEDIES: Readonly<Record<ResponseFault, MessageKey>> = {
  unsigned: 'doctor.host.another.remedy',
  stale: 'doctor.clock.remedy',
  unknownKey: 'doctor.answer.unknownKey.remedy',
  signatureWrong: 'doctor.answer.signatureWrong.remedy',
};

/** The first host's that answered as the service does. */
function answerOf({ answers }: Patient): ProbeAnswer | undefined {
  return [...answers.values()].find(isFromService);
}

/** JSON with a code, whatever the status: HTML and empty pages come from somewhere else. */
function isFromService(answer: ProbeAnswer): boolean {
  return refusalOf(answer).code !== '';
}

interface Refused {
  code: string;
  message: string;
  detail: unknown;
}

function refusalOf({ body }: ProbeAnswer): Refused {
  try {
    const { code, message, detail } = JSON.parse(body.toString()) as Record<string, unknown>;
    return { code: String(code ?? ''), message: String(message ?? ''), detail };
  } catch {
    return { code: '', message: '', detail: undefined };
  }
}

/** @returns why an answer cannot be believed; undefined where it can */
async function faultOf(patient: Patient, { headers, body }: ProbeAnswer): Promise<ResponseFault | undefined> {
  const ring = platformRing(patient.profile, patient);
  return verifyResponse({ header: (name) => headerOf(headers, name), body }, ring, patient.now());
}

function evidenceOf(patient: Patient, answer: ProbeAnswer, detail: unknown) {
  const { certificate, privateKey, platformCertificate } = patient;
  const { sign_information } = (detail ?? {}) as { sign_information?: Partial<SignInformation> };
  const date = Date.parse(headerOf(answer.headers, 'date') ?? '');
  return {
    method: answer.method,
    url: answer.path,
    authorization: answer.authorization,
    meta: answer.meta,
    signInformation: sign_information,
    certificate,
    privateKey,
    platformCertificate,
    now: answer.at,
    serverNow: Number.isNaN(date) ? undefined : date / 1000,
  };
}

function headerOf(headers: ProbeAnswer['headers'], name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** What the network said, cause included: undici keeps the telling part there. */
function reasonOf(error: unknown): string {
  const { message, cause, code } = error as Error & { code?: string };
  const inner = cause instanceof Error ? cause.message : undefined;
  return oneLine(inner ?? (message || code || String(error)));
}
