import { existsSync, readFileSync } from 'node:fs';

/** Where interop:wide keeps what it saw, for docs/INTEROP.md. */
export const RESULTS = 'e2e/interop/wide/results.json';

/** What was seen of a client. */
export interface ClientResult {
  client: string;
  language: string;
  version: string;
  registry: string;
  /** Headers that it sends only if it is told to. */
  lacks: string[];
  odd: string[];
  /** Status, and `code` if it is no 200. */
  plain: string;
  /** The same with the name 头图.png. */
  chinese: string;
  /** The result of `plain` behind each proxy that we ship a file for. */
  behind: Record<string, string>;
  set?: string;
  /** The day, as YYYY-MM-DD. */
  date: string;
}

export function readResults(): ClientResult[] {
  return existsSync(RESULTS) ? (JSON.parse(readFileSync(RESULTS, 'utf8')) as ClientResult[]) : [];
}

/** Where interop:wide keeps what it saw of SDKs. */
export const SDK_RESULTS = 'e2e/interop/wide/sdk-results.json';

/** What was seen of an SDK in one mode behind one front. */
export interface SdkResult {
  sdk: string;
  version: string;
  mode: string;
  front: string;
  /** Whether its upload was answered by 200, and it verified the response. */
  upload: string;
  /** How it comes by the platform's keys. */
  certificates: string;
  /** What it says of a 400. */
  refused: string;
  /** What it says of a response whose signature was changed on the way. */
  forged: string;
  /** The day, as YYYY-MM-DD. */
  date: string;
}

export function readSdkResults(): SdkResult[] {
  return existsSync(SDK_RESULTS) ? (JSON.parse(readFileSync(SDK_RESULTS, 'utf8')) as SdkResult[]) : [];
}

/** Where sandbox:wide keeps what it saw of SDKs that reach a sandbox by its proxy and TLS. */
export const TLS_RESULTS = 'e2e/interop/wide/tls-results.json';

/** What was seen of an SDK whose hosts are compiled in. */
export interface TlsResult {
  sdk: string;
  /** That of its runtime too, if it was chosen. */
  version: string;
  /** Its upload in public-key mode. */
  publicKey: string;
  /** Its upload in certificate mode, as the sandbox's merchant for that. */
  certificate: string;
  /** What it says of a 400. */
  refused: string;
  /** What it says if it trusts another CA. */
  withoutCa: string;
  /** The day, as YYYY-MM-DD. */
  date: string;
}

export function readTlsResults(): TlsResult[] {
  return existsSync(TLS_RESULTS) ? (JSON.parse(readFileSync(TLS_RESULTS, 'utf8')) as TlsResult[]) : [];
}
