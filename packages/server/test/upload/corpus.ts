import { readdirSync, readFileSync } from 'node:fs';
import type { MultipartFault } from '@coupon-media/apiv3';

/** A form of the corpus, described in corpus/README.md. */
export interface CorpusCase {
  name: string;
  contentType: string | undefined;
  body: Buffer;
  parts: ReadPart[];
  fault: MultipartFault | undefined;
}

/** A part as expected or as read. One character of `content` is one byte. */
export interface ReadPart {
  name: string | null;
  content: string;
}

const FOLDER = new URL('./corpus/', import.meta.url);

export const corpus: readonly CorpusCase[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.form'))
  .map((file) => readCase(file.slice(0, -'.form'.length)));

function readCase(name: string): CorpusCase {
  const bytes = readFileSync(new URL(`${name}.form`, FOLDER));
  const { parts, fault } = JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'));
  const [, contentType] = /^Content-Type: (.*?)\r\n/.exec(bytes.toString('latin1')) ?? [];
  const headEnd = contentType === undefined ? 0 : bytes.indexOf('\r\n') + 2;
  return { name, contentType, body: bytes.subarray(headEnd + 2), parts, fault };
}
