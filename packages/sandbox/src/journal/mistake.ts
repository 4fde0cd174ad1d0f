import {
  type Evidence,
  filled,
  loadCertificate,
  loadPrivateKey,
  type Text,
  uploadEndpoints,
} from '@coupon-media/apiv3';
import { explain, recoverSignedLines } from '@coupon-media/apiv3/explain';
import type { Remarks } from '../calls/remarks.js';
import { faultText } from '../faults/applied.js';
import type { SandboxIdentity } from '../identity/identity.js';
import type { Insight, ReceivedRequest } from './received-request.js';

/**
 * Says which mistake made a sandbox refuse a request, and what a wrong signature was made over. The sandbox knows the keys of its
 * merchants, so it knows more than a service may say in its response.
 *
 * @param remarks what the sandbox itself said about the calls that it refused
 */
export function explainFor(
  { pairs, platformCertificatePem }: SandboxIdentity,
  remarks: Remarks,
): Pick<Insight, 'mistake' | 'signedLines'> {
  const ours = [...pairs.keys()].join(', ');

  function mistake(
    request: ReceivedRequest,
    { handled, authorization }: Parameters<Insight['mistake']>[1],
  ): Text | undefined {
    const { outcome, refusal, caller, refusedIn, fault } = request;
    if (fault) return faultText(fault);
    if (outcome === 'SUCCESS') return undefined;
    const remark = remarks.of(handled);
    if (remark) return remark;
    if (outcome === 'SENDER_AWAY') return TEXTS.senderAway;
    if (refusal === 'certificateUnknown' && caller !== undefined && !pairs.has(caller))
      return filled(TEXTS.notOurMerchant, { caller, ours });
    const found = mistakeIn(request, authorization);
    // Whoever sends to the sandbox with keys of production learns it from the first refusal, whatever its reason.
    const isUnproven = refusedIn === 'identify' || outcome === 'NO_ROUTE';
    return isUnproven && caller !== undefined && !pairs.has(caller) && found
      ? filled(TEXTS.strangerToo, { mistake: found, caller, ours })
      : found;
  }

  function mistakeIn(request: ReceivedRequest, authorization: string | undefined): Text | undefined {
    const { outcome, refusal, clock } = request;
    if (outcome === 'NO_ROUTE') return unrouted(request);
    if (request.formFault === 'not multipart/form-data' && outcome === 'SIGN_ERROR')
      return filled(TEXTS.noForm, { type: request.header('content-type') ?? '–' });
    if (refusal === 'timestampSkewed' && clock?.frozen !== undefined)
      return filled(TEXTS.frozen, { time: clock.frozen, sent: sentTime(authorization) });
    if (refusal === 'timestampSkewed' && clock?.moved !== undefined)
      return filled(TEXTS.moved, { seconds: clock.moved, sent: sentTime(authorization) });
    return (outcome === 'SIGN_ERROR' ? findingIn(request, authorization) : undefined) ?? request.refusalText;
  }

  function findingIn(request: ReceivedRequest, authorization = ''): Text | undefined {
    const [finding] = explain(evidenceOf(request, authorization));
    if (!finding || finding.mistake === 'signatureRight') return undefined;
    return filled(TEXTS.finding, { message: finding.message, remedy: finding.remedy });
  }

  function evidenceOf(request: ReceivedRequest, authorization: string): Evidence {
    const pair = pairs.get(request.caller ?? '');
    return {
      method: request.method,
      url: request.url,
      authorization,
      ...evidenceOfBody(request),
      ...(pair && {
        certificate: loadCertificate(pair.certificatePem),
        privateKey: loadPrivateKey(pair.privateKeyPem),
      }),
      platformCertificate: loadCertificate(platformCertificatePem),
      serverNow: Math.floor(request.at.getTime() / 1000),
    };
  }

  return {
    mistake,
    signedLines: (request, authorization) => recoverSignedLines(evidenceOf(request, authorization)),
  };
}

/** Bytes of a body up to which the whole form is searched for what was signed; larger ones take up to a second. */
const SEARCHED = 256 * 1024;

function evidenceOfBody(request: ReceivedRequest): { body: Buffer } | { meta: Buffer } {
  const { body, isCut, upload, signedBody } = request;
  return upload && signedBody.length > 0 && (isCut || body.length > SEARCHED)
    ? { meta: signedBody }
    : { body };
}

function unrouted({ url, response }: ReceivedRequest): Text {
  if (response?.status === 400) return TEXTS.hosts;
  if (response?.status === 405) return TEXTS.method;
  const own = uploadEndpoints[0]?.path ?? '';
  return filled(TEXTS.path, { url: JSON.stringify(url), own });
}

function sentTime(authorization = ''): string {
  const [, seconds] = /timestamp="(\d{1,12})"/.exec(authorization) ?? [];
  return seconds === undefined ? '–' : new Date(Number(seconds) * 1000).toISOString();
}

const TEXTS = {
  finding: { en: '{message}. {remedy}', 'zh-CN': '{message}。{remedy}' },
  senderAway: {
    en: 'The sender closed the connection before the end of the body',
    'zh-CN': '请求体还没有发完，调用方就断开了连接',
  },
  noForm: {
    en: 'The body is not multipart/form-data (Content-Type: {type}), so no meta part was found to verify the signature over. Send a form with the parts meta and file',
    'zh-CN':
      '请求体不是 multipart/form-data（Content-Type：{type}），找不到用于验签的 meta。请以表单发送 meta 和 file 两部分',
  },
  notOurMerchant: {
    en: 'Merchant {caller} is not one of this sandbox ({ours}). If it is a real one: keep its private key out of tests, and use the keys of credentials.json',
    'zh-CN':
      '商户号 {caller} 不属于本沙箱（{ours}）。如果是真实商户，请不要在测试中使用它的私钥，改用 credentials.json 中的密钥',
  },
  strangerToo: {
    en: '{mistake}. Besides, {caller} is no merchant that this sandbox made ({ours}). If it is a real one: keep its private key out of tests, and use the keys of credentials.json',
    'zh-CN':
      '{mistake}。另外，{caller} 不是本沙箱生成的商户（{ours}）。如果是真实商户，请不要在测试中使用它的私钥，改用 credentials.json 中的密钥',
  },
  frozen: {
    en: 'The clock of this sandbox is frozen at {time}, and the request was signed at {sent}: sign with the time of sandbox.now()',
    'zh-CN': '沙箱时钟冻结在 {time}，而请求的签名时间是 {sent}：请使用 sandbox.now() 的时间签名',
  },
  moved: {
    en: 'The clock of this sandbox is {seconds} s ahead of the machine, and the request was signed at {sent}: sign with the time of sandbox.now()',
    'zh-CN': '沙箱时钟比本机快 {seconds} 秒，而请求的签名时间是 {sent}：请使用 sandbox.now() 的时间签名',
  },
  hosts: {
    en: 'The request has no Host header, or several of them',
    'zh-CN': '请求没有 Host 头，或者有多个 Host 头',
  },
  method: {
    en: 'This path does not take the method: images are uploaded with POST',
    'zh-CN': '该路径不支持此方法：上传图片使用 POST',
  },
  path: {
    en: 'There is nothing at {url}: images are uploaded to {own}',
    'zh-CN': '{url} 不存在：上传图片的路径是 {own}',
  },
} as const satisfies Record<string, Text>;
