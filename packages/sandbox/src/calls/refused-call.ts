import { type Language, refusals, type Text } from '@coupon-media/apiv3';
import type { UnsignedResponse } from '@coupon-media/server';

/** A call that a rule of the sandbox refuses, with the response that says so. */
export class RefusedCall extends Error {
  override readonly name = 'RefusedCall';

  constructor(
    readonly status: number,
    readonly code: string,
    readonly texts: Text,
    /** The body's `detail`, as that of an upload (contract 5.1). */
    readonly detail?: Readonly<Record<string, unknown>>,
  ) {
    super(texts.en);
  }

  responseIn(language: Language): UnsignedResponse {
    const { status, code, texts, detail } = this;
    const body = JSON.stringify({ code, message: texts[language], ...(detail && { detail }) });
    return { status, body, number: NUMBERS[code] ?? OTHER };
  }
}

/** @returns the code in the body of a response with an error status; undefined if the response is none, or has no code */
export function refusalCode(
  response: { readonly status: number; readonly body: string | Buffer } | undefined,
): string | undefined {
  if (!response || response.status < 400) return undefined;
  try {
    const { code } = JSON.parse(String(response.body)) as { code?: unknown };
    return typeof code === 'string' && /^\w{1,64}$/.test(code) ? code : OTHER_CODE;
  } catch {
    return OTHER_CODE;
  }
}

/** What the journal calls an error without a code. */
const OTHER_CODE = 'ERROR';

/** Internal error codes: the live service's where it is known (contract 3.3). */
const NUMBERS: Readonly<Record<string, number>> = {
  PARAM_ERROR: refusals.formMalformed.number,
  INVALID_REQUEST: refusals.headersMissing.number,
};
const OTHER = 268435469;
