import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { both, networkReasonText, type Text } from '@coupon-media/apiv3';
import type { SignedNotification } from './sign.js';

/** The response of a receiver. */
export interface ReceiverResponse {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** At most the first 64 KiB. */
  readonly body: string;
}

/** How a delivery went. */
export interface Delivery {
  /** Undefined if none came within the time. */
  readonly response: ReceiverResponse | undefined;
  /** Why none came. */
  readonly failure: Text | undefined;
  /** Milliseconds from the connection to the end of the response, or to the failure. */
  readonly milliseconds: number;
}

/** Bytes of a response that are read. */
const READ = 64 * 1024;

/**
 * Sends a notification to its receiver. Header names keep their letter case, no proxy is used and no redirection followed.
 *
 * @param limit milliseconds within which the response must be complete
 */
export async function deliver(
  url: URL,
  { headers, body }: SignedNotification,
  limit: number,
): Promise<Delivery> {
  const began = performance.now();
  const timeout = AbortSignal.timeout(limit);
  const milliseconds = () => Math.round(performance.now() - began);
  try {
    const { request } = url.protocol === 'https:' ? https : http;
    const sent = request(url, { method: 'POST', headers, agent: false, signal: timeout });
    const response = await read(sent, body);
    return { response, failure: undefined, milliseconds: milliseconds() };
  } catch (error) {
    const failure = timeout.aborted ? TEXTS.late : (networkReasonText(error) ?? both(messageOf(error)));
    return { response: undefined, failure, milliseconds: milliseconds() };
  }
}

function read(sent: ClientRequest, body: string): Promise<ReceiverResponse> {
  return new Promise((resolve, reject) => {
    sent.on('error', reject);
    sent.on('response', (message: IncomingMessage) => {
      const chunks: Buffer[] = [];
      let length = 0;
      const done = (): void => {
        const { statusCode: status = 0, headers } = message;
        resolve({ status, headers, body: Buffer.concat(chunks).toString('utf8', 0, READ) });
      };
      message.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length < READ) return;
        done();
        sent.destroy();
      });
      message.on('end', done);
      message.on('error', reject);
    });
    sent.end(body);
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const TEXTS = {
  late: {
    en: 'no complete response within the time',
    'zh-CN': '没有在时限内完整应答',
  },
} as const satisfies Record<string, Text>;
