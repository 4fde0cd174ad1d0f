import { existsSync, readFileSync } from 'node:fs';
import { cut } from '../recorded/clients.js';
import type { RecordedRequest } from '../recorded/exchange.js';

/** A program as vectors/clients/README.md describes it. */
export interface CapturedProgram {
  capture: string;
  client: string;
  language: string;
  version: string;
  /** Status, and `code` if it is no 200, of a correctly signed request with Accept and User-Agent; null: not captured. */
  plain: string | null;
  /** The same with the name 头图.png. */
  chinese: string | null;
  /** What the program's user changes so that the upload, or one with a Chinese name, is accepted. */
  set?: string;
  /** What explain must name first where the signature does not match. */
  mistake?: string;
}

/** One request of a program, as it was sent. */
export interface Capture {
  label: string;
  program: CapturedProgram;
  bytes: Buffer;
  /** The meta that the program was given, and therefore signs. Some clients send another text. */
  meta: string;
  /** The expected status and `code`. */
  expected: string;
}

const FOLDER = 'vectors/clients';

/** The digest of the image in every capture. */
export const IMAGE_SHA256 = '04e87663d09c18bf3a37ae0311a286d31816299ec05ad0cdf6bb172aa129f7cb';

export function readPrograms(): CapturedProgram[] {
  return JSON.parse(readFileSync(`${FOLDER}/clients.json`, 'utf8')) as CapturedProgram[];
}

export function readCaptures(): Capture[] {
  return readPrograms().flatMap((program) => [
    ...captureOf(program, `${program.capture}.bin`, 'h.png', program.plain),
    ...captureOf(program, `${program.capture}.cn.bin`, '头图.png', program.chinese),
  ]);
}

function captureOf(
  program: CapturedProgram,
  file: string,
  filename: string,
  expected: string | null,
): Capture[] {
  if (expected === null) return [];
  const bytes = readFileSync(`${FOLDER}/${file}`);
  const meta = JSON.stringify({ filename, sha256: IMAGE_SHA256 });
  return [{ label: file.slice(0, -'.bin'.length), program, bytes, meta, expected }];
}

/** @returns the bytes of a program's request and of the one with a Chinese name, if they were captured */
export function bytesOf({ capture }: CapturedProgram): { plain?: Buffer; chinese?: Buffer } {
  const read = (file: string) => (existsSync(file) ? readFileSync(file) : undefined);
  const plain = read(`${FOLDER}/${capture}.bin`);
  const chinese = read(`${FOLDER}/${capture}.cn.bin`);
  return { ...(plain && { plain }), ...(chinese && { chinese }) };
}

/** Adds `lines` to the head of a captured request; all other bytes remain the client's. */
export function withHeaders({ label, bytes }: Capture, lines: readonly string[]): RecordedRequest {
  const { head, body } = cut(bytes);
  return { label, head: `${[head.trimEnd(), ...lines].join('\r\n')}\r\n\r\n`, body };
}
