import { legibleText } from './legible.js';
import { masked } from './masked.js';
import type { ReceivedRequest } from './received-request.js';

/** A request as JSON. Its image is known by its digest alone. */
export function viewOf(request: ReceivedRequest): object {
  const { number, method, url, caller, outcome, refusal, refusedIn, mistake, upload, response } = request;
  const { replayOf, fault } = request;
  return {
    ...{ number, replayOf, at: request.at.toISOString(), method, url, caller, outcome },
    ...{ status: response?.status, refusal, refusedIn, mistake, fault, upload },
    milliseconds: Math.round(request.milliseconds * 10) / 10,
  };
}

/** The same with headers, form, the five lines that should have been signed, stages and response. */
export function detailOf(request: ReceivedRequest, { signature }: { readonly signature: boolean }): object {
  const { requestId, clock, headers, parts, signedMessage, stages, response, isCut, formFault } = request;
  const { isAuthenticated, sensitiveFields, signedLines } = request;
  return {
    ...viewOf(request),
    ...{ requestId, clock, headers: masked(headers, { signature }), isCut, formFault },
    parts: parts.map(({ name, bytes, sha256, offset }) => ({
      ...{ name, bytes: bytes.length, sha256, offset },
      ...(name !== 'file' && { text: legibleText(bytes) }),
    })),
    ...{ signedMessage, isAuthenticated, sensitiveFields, stages, response },
    signedLines: signedLines && {
      lines: signedLines.lines.map(shown),
      message: shown(signedLines.message),
    },
  };
}

/** Bytes of one line that are shown. Whoever signs the whole body signs megabytes. */
const SHOWN = 16 * 1024;

/** What is no UTF-8 becomes a replacement character. */
function shown(bytes: Buffer): string {
  return String(bytes.subarray(0, SHOWN));
}
