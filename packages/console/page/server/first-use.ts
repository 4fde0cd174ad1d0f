import { addressOf } from './address.js';

/** What a program needs for its first upload to this sandbox. The private key is named by its path alone. */
export interface SandboxValues {
  readonly baseUrl: string;
  readonly mchid: string;
  readonly certificateSerialNo: string;
  readonly privateKeyPath: string;
  readonly wechatPayPublicKeyId: string;
  readonly wechatPayPublicKeyPath: string;
  /** A file of the same values as variables of a shell. */
  readonly environmentPath: string;
}

/** A request that arrived at the sandbox, as its journal lists it. */
export interface ArrivedRequest {
  readonly number: number;
  readonly method: string;
  readonly url: string;
  readonly outcome: string;
  readonly status?: number;
  /** Which mistake was made in it, and what to do. */
  readonly mistake?: { readonly 'zh-CN': string; readonly en: string };
}

/** @returns undefined if the server is no sandbox, or cannot be reached */
export async function sandboxValues(): Promise<SandboxValues | undefined> {
  try {
    const answer = await fetch(addressOf('sandbox/credentials'));
    return answer.ok ? ((await answer.json()) as SandboxValues) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Hears of every request of the sandbox, of those that came before, too. The browser connects again by itself.
 *
 * @returns ends it
 */
export function followRequests(heard: (request: ArrivedRequest) => void): () => void {
  const address = addressOf('sandbox/requests/events');
  address.search = 'after=0';
  const source = new EventSource(address);
  source.addEventListener('message', ({ data }) => heard(JSON.parse(String(data)) as ArrivedRequest));
  return () => source.close();
}

/** @returns the text of a file that came with the page; undefined if it cannot be had */
export async function fileText(address: string): Promise<string | undefined> {
  const answer = await fetch(new URL(address, document.baseURI)).catch(() => undefined);
  return answer?.ok ? answer.text() : undefined;
}
