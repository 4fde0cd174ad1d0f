import type { Text } from '@coupon-media/apiv3';

/** What the rules of the sandbox said about requests, in both languages, for the journal. A response has one of them only. */
export interface Remarks {
  /** @param request what stands for the request: its trace */
  add(request: object, text: Text): void;
  of(request: object | undefined): Text | undefined;
}

export function createRemarks(): Remarks {
  const texts = new WeakMap<object, Text>();
  return {
    add: (request, text) => void texts.set(request, text),
    of: (request) => request && texts.get(request),
  };
}
