import { readFileSync } from 'node:fs';
import {
  createKeyRing,
  createVerifier,
  type KeyRing,
  loadPublicKey,
  verifyResponse,
} from '@coupon-media/apiv3';
import type { Credentials } from '@coupon-media/sandbox';
import { Agent, request } from 'undici';
import type { SignedUpload } from '../support/exchange.js';
import { NODE_HEADER } from './balancer.js';

/** The verdict on the response to an upload. Any other response is described in words and is a fault of the service. */
export type Verdict =
  | 'acknowledged'
  | '400 signed'
  | '401 signed'
  | '429 signed'
  | '500 SYSTEM_ERROR signed'
  /** The balancer's own response: the node did not respond. */
  | '502 balancer'
  | '503 balancer'
  | '504 balancer'
  | 'connection broken'
  | `surprise: ${string}`;

/** A response with its verdict. */
export interface Answered {
  readonly verdict: Verdict;
  /** The node that gave it, if the request went through the balancer. */
  readonly node: string | undefined;
  /** Set if the image is stored. */
  readonly url: string | undefined;
  /** Milliseconds of the process's clock. */
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** Sends uploads and judges the responses. */
export interface Sender {
  send(upload: SignedUpload): Promise<Answered>;
  close(): Promise<void>;
}

/** Milliseconds; longer than the balancer's timeout. */
const PATIENCE = 70_000;

export function createSender({
  wechatPayPublicKeyId: id,
  wechatPayPublicKeyPath: file,
}: Pick<Credentials, 'wechatPayPublicKeyId' | 'wechatPayPublicKeyPath'>): Sender {
  const keys = createKeyRing([createVerifier(id, loadPublicKey(readFileSync(file, 'utf8')))]);
  const dispatcher = new Agent({ headersTimeout: PATIENCE, bodyTimeout: PATIENCE, pipelining: 1 });
  return {
    async send({ url, headers, body }) {
      const sentAt = performance.now();
      try {
        const answer = await request(url, { method: 'POST', headers, body, dispatcher });
        const text = await answer.body.text();
        const node = [answer.headers[NODE_HEADER]].flat()[0];
        const { verdict, imageUrl } = await judge(keys, answer.statusCode, answer.headers, text, node);
        return { verdict, node, url: imageUrl, sentAt, answeredAt: performance.now() };
      } catch {
        const answeredAt = performance.now();
        return { verdict: 'connection broken', node: undefined, url: undefined, sentAt, answeredAt };
      }
    },
    close: () => dispatcher.destroy(),
  };
}

async function judge(
  keys: KeyRing,
  status: number,
  headers: Record<string, string | string[] | undefined>,
  body: string,
  node: string | undefined,
): Promise<{ verdict: Verdict; imageUrl?: string }> {
  const own = [502, 503, 504].includes(status) && !headers['request-id'];
  if (own) return { verdict: `${status} balancer` as Verdict };
  const header = (name: string) => [headers[name]].flat()[0];
  const fault = await verifyResponse({ header, body }, keys, Math.floor(Date.now() / 1000));
  const { image_url: imageUrl, code } = parsed(body);
  if (fault === undefined) {
    if (status === 200 && imageUrl) return { verdict: 'acknowledged', imageUrl };
    if (status === 500 && code === 'SYSTEM_ERROR') return { verdict: '500 SYSTEM_ERROR signed' };
    if (status === 429 || status === 401 || status === 400) return { verdict: `${status} signed` };
  }
  const flaw = fault === undefined ? 'signed' : `its signature: ${fault}`;
  return { verdict: `surprise: ${status} ${code ?? body.slice(0, 80)} of ${node}, ${flaw}` };
}

function parsed(body: string): { image_url?: string; code?: string } {
  try {
    return JSON.parse(body);
  } catch {
    return {};
  }
}
