import type { Answer } from '../answers.js';
import { isRequestId } from '../judge.js';

/** @returns what is wrong with an answer to this request; undefined where nothing is */
export type Expectation = (answer: Answer) => string | undefined | Promise<string | undefined>;

/** @returns why an answer's signature does not hold; undefined where it does */
export type SignatureCheck = (answer: Answer) => Promise<string | undefined>;

/** 200, signed, with the URL of just these bytes. */
export function stored(sha256: string, check: SignatureCheck): Expectation {
  return async (answer) => {
    if (answer.status !== 200) return isNot(200, answer);
    const url = `/images/${sha256}.png"}`;
    if (!answer.body.toString().endsWith(url)) return `the URL of another picture: ${answer.body}`;
    return (await unsigned(answer, check)) ?? withoutId(answer);
  };
}

/** A refusal of whoever has proven who they are, which is signed; or, with `signed` false, of whoever has not. */
export function refused(status: number, code: string, check: SignatureCheck, signed = true): Expectation {
  return async (answer) => {
    if (answer.status !== status) return isNot(status, answer);
    if (!answer.body.includes(`"code":"${code}"`)) return `${status} is not ${code}: ${answer.body}`;
    if (!signed && answer.headers.has('wechatpay-signature')) return `${code} is signed for nobody`;
    return (signed ? await unsigned(answer, check) : undefined) ?? withoutId(answer);
  };
}

/** Any of several: which one it is depends on what became of another answer. */
export function either(...expectations: readonly Expectation[]): Expectation {
  return async (answer) => {
    const wrong = await Promise.all(expectations.map((expects) => expects(answer)));
    return wrong.includes(undefined) ? undefined : wrong.join(', and ');
  };
}

/** Signed, whatever stands in it. */
export function signedAnswer(check: SignatureCheck): Expectation {
  return async (answer) =>
    answer.status === 200 ? ((await unsigned(answer, check)) ?? withoutId(answer)) : isNot(200, answer);
}

/** Just these bytes. */
export function bytes(status: number, wanted: Buffer, header?: readonly [string, string]): Expectation {
  return (answer) => {
    if (answer.status !== status) return isNot(status, answer);
    if (!answer.body.equals(wanted)) return `${status} with other bytes (${answer.body.length})`;
    if (header && answer.headers.get(header[0]) !== header[1])
      return `${header[0]} is ${answer.headers.get(header[0])}`;
    return withoutId(answer);
  };
}

/** A text of one's own, as probes have it. */
export function probe(text: string): Expectation {
  return bytes(200, Buffer.from(text));
}

/** No body. */
export function empty(status: number): Expectation {
  return bytes(status, Buffer.alloc(0));
}

function isNot(status: number, answer: Answer): string {
  return `${answer.status} in place of ${status}: ${answer.body.toString('latin1', 0, 120)}`;
}

async function unsigned(answer: Answer, check: SignatureCheck): Promise<string | undefined> {
  const fault = await check(answer);
  return fault && `${answer.status} whose signature is ${fault}`;
}

function withoutId({ status, headers }: Answer): string | undefined {
  return isRequestId(headers.get('request-id')) ? undefined : `${status} without Request-ID`;
}
