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

/** @returns undefined if the server is no sandbox, or cannot be reached */
export async function sandboxValues(): Promise<SandboxValues | undefined> {
  try {
    const answer = await fetch(addressOf('sandbox/credentials'));
    return answer.ok ? ((await answer.json()) as SandboxValues) : undefined;
  } catch {
    return undefined;
  }
}

/** @returns the text of a file that came with the page; undefined if it cannot be had */
export async function fileText(address: string): Promise<string | undefined> {
  const answer = await fetch(new URL(address, document.baseURI)).catch(() => undefined);
  return answer?.ok ? answer.text() : undefined;
}
