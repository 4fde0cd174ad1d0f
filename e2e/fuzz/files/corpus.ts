import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Inputs that lead to different places, a file for each target: every byte a character, so that a change can be read. */
export function readCorpus(target: string): Buffer[] {
  const file = fileOf(target);
  if (!existsSync(file)) return [];
  const texts: string[] = JSON.parse(readFileSync(file, 'utf8'));
  return texts.map((text) => Buffer.from(text, 'latin1'));
}

export function writeCorpus(target: string, inputs: readonly Buffer[]): void {
  const texts = inputs.map((bytes) => bytes.toString('latin1')).sort();
  const json = JSON.stringify(texts, null, 2).replace(/[\x7f-\xff]/g, unicodeEscaped);
  writeFileSync(fileOf(target), `${json}\n`);
}

function unicodeEscaped(character: string): string {
  return `\\u00${character.charCodeAt(0).toString(16)}`;
}

/** From the clone's folder, where all of this is run. */
function fileOf(target: string): string {
  return `e2e/fuzz/corpus/${target}.json`;
}
